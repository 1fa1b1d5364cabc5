"""The verbs of cards: instalments, purchases abroad, refunds, bills, shared limits."""

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal

from tomada.simulator.encoding import number
from tomada.simulator.households.bank_days import BRASILIA
from tomada.simulator.ledger import to_millisecond
from tomada.simulator.records import BillRecord
from tomada.simulator.scenarios.language import Step
from tomada.simulator.scenarios.rows import RowVerbs
from tomada.simulator.scenarios.stage import Stage

_CENT = Decimal("0.01")
_CLOSES_BEFORE_DUE = timedelta(days=7)
_LEAST_PAYMENT = Decimal("0.15")
_DECEMBER = 12
_LAST_COMMON_DAY = 28


@dataclass(frozen=True, slots=True, repr=False)
class CardVerbs:
    """Do what a step says about cards and their bills."""

    stage: Stage
    rows: RowVerbs

    async def instalments(self, step: Step) -> None:
        """Post a purchase in parts; a remainder of cents is in the first."""
        account = self.stage.account(step.get("at"), "card")
        count, total = step.get("count"), step.get("total")
        part = (total / count).quantize(_CENT, ROUND_DOWN)
        bought = to_millisecond(self.stage.world.clock())
        text = step.get("description", "LOJA DO BAIRRO")
        for place in range(1, count + 1):
            metadata = {
                "installmentNumber": place,
                "totalInstallments": count,
                "totalAmount": total,
                "purchaseDate": bought,
            }
            told = step.get("totals", otherwise=True)
            self.rows.book(
                f"{step.main}.{place}",
                account,
                amount=part + (total - part * count if place == 1 else 0),
                description=f"{text} PARC {place:02}/{count:02}",
                date=_months_on(bought, place - 1),
                status="PENDING",
                credit_card_metadata=metadata if told else {},
                collect=place == count,
            )

    async def abroad(self, step: Step) -> None:
        """Buy in a foreign currency and pay the tax on it."""
        account = self.stage.account(step.get("at"), "card")
        paid = (step.get("amount") * step.get("rate")).quantize(_CENT)
        self.rows.book(
            step.main,
            account,
            kind="foreign_purchase",
            amount=step.get("amount"),
            description=step.get("description", "BOOKSHOP LONDON"),
            currency_code=step.get("currency", "USD"),
            amount_in_account_currency=paid,
            collect=False,
        )
        percent = step.get("iof", Decimal("3.5"))
        self.rows.book(
            f"{step.main}.iof",
            account,
            kind="fee",
            amount=(paid * percent / 100).quantize(_CENT),
            description="IOF COMPRA NO EXTERIOR",
        )

    async def refund(self, step: Step) -> None:
        """Give back what a row took."""
        ledger, row = self.stage.row(step.get("of"))
        amount = step.get("amount")
        back = -row.amount if amount is None else abs(amount).copy_sign(-row.amount)
        kind = "refund" if ledger.account.type == "CREDIT" else None
        self.rows.book(
            step.main,
            ledger.account,
            kind=kind,
            amount=back,
            description=f"ESTORNO {row.description}",
        )

    async def close_bill(self, step: Step) -> None:
        """Close a bill over some rows."""
        world = self.stage.world
        card = self.stage.account(step.get("at"), "card")
        rows = [self.stage.row(name)[1] for name in step.get("rows")]
        due = self.stage.moment(step.get("due")) or world.clock() + _CLOSES_BEFORE_DUE
        # Midnight in UTC is a plain day; all else a bank's, also while Greenwich is a day ahead.
        plain = due.timetz() == time(tzinfo=UTC)
        due_day = due.date() if plain else due.astimezone(BRASILIA).date()
        total = sum((row.amount_in_account_currency or row.amount for row in rows), Decimal(0))
        bill = BillRecord(
            due_date=due_day,
            closing_date=due_day - _CLOSES_BEFORE_DUE,
            total_amount=number(total),
            minimum_payment_amount=number((total * _LEAST_PAYMENT).quantize(_CENT)),
            id=world.ids.new("bill"),
        )
        card.bills.insert(0, bill)
        world.ledgers.open(self.stage.item(step.get("at")), [card])
        self.stage.bills[step.main] = bill.id
        for row in rows:
            metadata = {**(row.credit_card_metadata or {}), "billId": bill.id}
            changes = {"status": "POSTED", "credit_card_metadata": metadata}
            world.bank.edit(row.id, changes)

    async def pay_bill(self, step: Step) -> None:
        """Pay a bill from the checking account of the same bank."""
        ledger, bill = self.stage.bill(step.get("of"))
        bank = next(name for name, item_id in self.stage.banks.items() if item_id == ledger.item.id)
        amount = abs(step.get("amount", bill.total_amount))
        self.rows.book(
            step.main,
            self.stage.account(bank),
            kind="bill_payment",
            amount=-amount,
            description="PAGAMENTO FATURA CARTAO",
        )
        if step.get("synthetic", otherwise=False):
            self.rows.book(
                f"{step.main}.card",
                ledger.account,
                kind="bill_payment",
                amount=-amount,
                status="POSTED",
                description="PAGAMENTO RECEBIDO",
            )

    async def add_card(self, step: Step) -> None:
        """Give the person one more card."""
        world = self.stage.world
        first, item = self.stage.account(step.get("at"), "card"), self.stage.item(step.get("at"))
        details = deepcopy(first.credit_data or {})
        if not step.get("shared", otherwise=True):
            limit = number(Decimal(str(details["creditLimit"])) / 2)
            details |= {"creditLimit": limit, "availableCreditLimit": limit}
        account = replace(
            first,
            id=world.ids.new("account"),
            number=str(int(first.number) + len(item.accounts)).zfill(4)[-4:],
            name=f"{first.name} Adicional",
            balance=Decimal(0),
            opening_balance=Decimal(0),
            credit_data=details,
            transactions=[],
            bills=[],
        )
        item.accounts.append(account)
        world.ledgers.open(item, [account])
        self.stage.cards[step.main] = account.id
        world.state.changed()

    async def close_account(self, step: Step) -> None:
        """Let an account be gone."""
        world, item = self.stage.world, self.stage.item(step.main)
        account = self.stage.account(step.main, step.get("account", "checking"))
        world.ledgers.close(item)
        item.accounts.remove(account)
        world.ledgers.open(item, item.accounts)
        world.state.changed()


def _months_on(when: datetime, count: int) -> datetime:
    """Go *count* months on, to the same day or the 28th."""
    years, month = divmod(when.month - 1 + count, _DECEMBER)
    day = min(when.day, _LAST_COMMON_DAY)
    return when.replace(year=when.year + years, month=month + 1, day=day)
