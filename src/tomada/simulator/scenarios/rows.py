"""The verbs of movements: post, settle, correct, delete, bring back, repeat."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tomada.simulator.balances import contribution, shift
from tomada.simulator.collect import tidy
from tomada.simulator.ledger import to_millisecond
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.scenarios.language import Step
from tomada.simulator.scenarios.stage import Stage


@dataclass(frozen=True, slots=True, repr=False)
class RowVerbs:
    """Do what a step says about movements."""

    stage: Stage

    async def post(self, step: Step) -> None:
        """Let a movement happen."""
        account = self.stage.account(step.get("at"), step.get("account", "checking"))
        changes = {key: step.get(key) for key in ("amount", "description", "status")}
        changes["date"] = self.stage.moment(step.get("date"))
        changes["payment_data"] = step.get("payment")
        changes["credit_card_metadata"] = step.get("card")
        self.book(
            step.main,
            account,
            kind=step.get("kind"),
            collect=step.get("collect", otherwise=True),
            **{key: value for key, value in changes.items() if value is not None},
        )

    def book(
        self,
        name: str,
        account: AccountRecord,
        *,
        kind: str | None = None,
        collect: bool = True,
        **changes: Any,
    ) -> TransactionRecord:
        """Draw a movement, replace what is given, and let the item collect it."""
        bank = self.stage.world.bank
        amount = changes.pop("amount", None)
        row = bank.post(
            account.item_id,
            kind=kind or _kind_of(account, amount),
            account_id=account.id,
            description=changes.pop("description", None),
            collect=False,
        )
        if amount is not None:
            row.amount, row.amount_in_account_currency = amount, None
            row.type = _type_of(account, amount)
        for key, value in changes.items():
            setattr(row, key, value)
        tidy(row)
        self.stage.rows[name] = row.id
        if collect:
            bank.collect(account.item_id)
        return row

    async def settle(self, step: Step) -> None:
        """Post what was pending, under its old id or a new one."""
        changes = {"status": "POSTED"} | self._changes(step)
        if not step.get("new_id", otherwise=False):
            self.stage.world.bank.edit(self.stage.row(step.main)[1].id, changes)
            return
        ledger, row = self.stage.row(step.main)
        self.stage.world.take_back(row.id)
        again = replace(row, **changes)
        again.type = _type_of(ledger.account, again.amount)
        self._appear(step.main, ledger.account, again)

    async def change(self, step: Step) -> None:
        """Correct a row."""
        row = self.stage.row(step.main)[1]
        self.stage.world.bank.edit(row.id, self._changes(step))

    async def delete(self, step: Step) -> None:
        """Take a row back."""
        self.stage.removed[step.main] = self.stage.row(step.main)
        self.stage.world.take_back(self.stage.rows[step.main])

    async def restore(self, step: Step) -> None:
        """Bring a deleted row back as it was."""
        world, (ledger, row) = self.stage.world, self.stage.removed.pop(step.main)
        row.created_at = row.updated_at = to_millisecond(world.clock())
        world.ledgers.add(ledger, row)
        shift(ledger.account, contribution(ledger.account, row))
        world.hooks.created(ledger.item, ledger.account.id, [row])
        world.state.changed()

    async def renumber(self, step: Step) -> None:
        """Give a row a new id."""
        row = self.stage.row(step.main)[1]
        self.stage.rows[step.main] = self.stage.world.reidentify(row.id).id

    async def renumber_all(self, step: Step) -> None:
        """Give all rows of an account new ids."""
        account = self.stage.account(step.main, step.get("account", "checking"))
        names = {row_id: name for name, row_id in self.stage.rows.items()}
        for row in list(account.transactions):
            again = self.stage.world.reidentify(row.id)
            if row.id in names:
                self.stage.rows[names[row.id]] = again.id

    async def repeat(self, step: Step) -> None:
        """Let an equal row appear."""
        ledger, row = self.stage.row(step.get("of"))
        self._appear(step.main, ledger.account, replace(row))

    async def schedule_pix(self, step: Step) -> None:
        """Show a PIX of a later day."""
        amount = step.get("amount", Decimal("-50.00"))
        self.book(
            step.main,
            self.stage.account(step.get("at")),
            kind="pix_out",
            amount=amount,
            status="PENDING",
            date=self.stage.moment(step.get("due")),
        )

    def _appear(self, name: str, account: AccountRecord, row: TransactionRecord) -> None:
        """Let *row* come in under a new id."""
        same = {
            key: getattr(row, key) for key in ("amount", "type", "currency_code", *_COPIED) if key
        }
        again = self.book(name, account, collect=False, **same)
        again.provider_id, again.provider_code = row.provider_id, row.provider_code
        again.amount_in_account_currency = row.amount_in_account_currency
        again.description_raw = row.description_raw
        self.stage.world.bank.collect(account.item_id)

    def _changes(self, step: Step) -> dict[str, Any]:
        changes = {
            key: step.get(key) for key in ("amount", "description", "status", "category")
        } | {
            "date": self.stage.moment(step.get("date")),
            "credit_card_metadata": step.get("card"),
        }
        return {key: value for key, value in changes.items() if value is not None}


_COPIED = (
    "description",
    "date",
    "status",
    "operation_type",
    "payment_data",
    "credit_card_metadata",
    "merchant",
)


def _kind_of(account: AccountRecord, amount: Decimal | None) -> str:
    if account.type == "CREDIT":
        return "purchase"
    return "pix_in" if amount is not None and amount > 0 else "pix_out"


def _type_of(account: AccountRecord, amount: Decimal) -> Any:
    rises = amount > 0
    return "CREDIT" if rises == (account.type == "BANK") else "DEBIT"
