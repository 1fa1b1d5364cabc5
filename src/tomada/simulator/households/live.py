"""The next thing that happens on an account: one plausible movement, or one of a named kind."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tomada.simulator.households import categories as of
from tomada.simulator.households import rows
from tomada.simulator.households.bank_days import BRASILIA, written
from tomada.simulator.households.categories import Category
from tomada.simulator.households.merchants import FOREIGN, HABITS, SUBSCRIPTIONS, merchant_of, price
from tomada.simulator.households.people import Party, a_company, a_cpf, a_person, shout
from tomada.simulator.records import AccountRecord, TransactionRecord


@dataclass(frozen=True, slots=True)
class _Moment:
    """Where and when the movement happens."""

    account: AccountRecord
    owner: Party
    rng: random.Random
    now: datetime

    def at(self) -> datetime:
        """Write the instant as this account's connector does."""
        if _is_direct(self.account):
            day = self.now.astimezone(BRASILIA).date()
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        return self.now.astimezone(UTC).replace(microsecond=self.now.microsecond // 1000 * 1000)


def next_movement(
    account: AccountRecord, *, rng: random.Random, now: datetime, kind: str | None = None
) -> TransactionRecord:
    """Invent what happens on *account* at *now*; the account itself is not touched.

    Without *kind* something plausible for the account is drawn. `BANK_KINDS` and `CARD_KINDS` list
    the kinds; "purchase" is on both kinds of account. A kind that the account cannot have raises
    `ValueError`. Card rows are PENDING, as they are in no closed bill; bank rows are POSTED.
    """
    writers = _CARD if account.type == "CREDIT" else _BANK
    if kind is None:
        usual = _USUAL_SAVINGS if account.subtype == "SAVINGS_ACCOUNT" else _USUAL[account.type]
        kind = rng.choices(list(usual), list(usual.values()))[0]
    if kind not in writers:
        raise ValueError(f"{kind!r} happens on no {account.type} account; try {sorted(writers)}")
    moment = _Moment(account=account, owner=_owner(account), rng=rng, now=now)
    row = writers[kind](moment)
    if _is_direct(account):
        row.operation_type = None
        row.provider_code = str(rng.randrange(10**9))
        if account.type == "BANK":
            row.balance = account.balance + row.amount
    else:
        row.provider_id = f"{rng.getrandbits(120):030x}"
    return row


def _is_direct(account: AccountRecord) -> bool:
    return bool(account.transactions) and account.transactions[-1].provider_id is None


def _owner(account: AccountRecord) -> Party:
    number = (account.bank_data or {}).get("transferNumber", f"901/0001/{account.number}")
    routing, branch, own = number.split("/")[:3]
    return Party(
        name=account.owner or "Titular",
        document=account.tax_number or a_cpf(random.Random(account.number)),  # noqa: S311  an invention, not a secret
        branch=branch,
        account=own,
        routing=routing,
        ispb=f"{routing}00001"[:8],
    )


def _debit_purchase(moment: _Moment) -> TransactionRecord:
    habit = moment.rng.choice([habit for habit in HABITS if habit.debit_visits])
    return rows.debit_card(
        moment.rng.choice(habit.names),
        cents=-price(moment.rng, habit.cents),
        at=moment.at(),
        day=moment.now.astimezone(BRASILIA).date(),
        category=habit.category,
    )


def _pix_in(moment: _Moment) -> TransactionRecord:
    return _pix(moment, price(moment.rng, (2000, 45_000)))


def _pix_out(moment: _Moment) -> TransactionRecord:
    return _pix(moment, -price(moment.rng, (1500, 32_000)))


def _pix(moment: _Moment, cents: int) -> TransactionRecord:
    return rows.pix(
        moment.owner,
        a_person(moment.rng),
        cents=cents,
        at=moment.at(),
        day=moment.now.astimezone(BRASILIA).date(),
        rng=moment.rng,
    )


def _boleto(moment: _Moment) -> TransactionRecord:
    return rows.boleto(
        moment.owner,
        a_company(moment.rng),
        cents=-price(moment.rng, (5000, 90_000)),
        at=moment.at(),
        category=of.BOLETO,
        rng=moment.rng,
        what="Mensalidade",
    )


def _salary(moment: _Moment) -> TransactionRecord:
    cents = moment.rng.randint(350_000, 1_100_000)
    return rows.salary(moment.owner, a_company(moment.rng), cents=cents, at=moment.at())


def _ted(moment: _Moment) -> TransactionRecord:
    cents = -price(moment.rng, (20_000, 250_000))
    return rows.ted(moment.owner, a_person(moment.rng), cents=cents, at=moment.at(), rng=moment.rng)


def _withdrawal(moment: _Moment) -> TransactionRecord:
    cents = -moment.rng.randint(1, 10) * 5000
    return _plain(moment, "Saque 24 horas", cents, of.CASH, "SAQUE")


def _fee(moment: _Moment) -> TransactionRecord:
    return _plain(
        moment, "Tarifa pacote de serviços", -3290, of.ACCOUNT_FEES, "PACOTE_TARIFA_SERVICOS"
    )


def _yield(moment: _Moment) -> TransactionRecord:
    cents = max(1, int(moment.account.balance.scaleb(2)) * 57 // 10_000)
    return _plain(moment, "Rendimento poupança", cents, of.PROCEEDS, "RENDIMENTO_APLIC_FINANCEIRA")


def _bill_payment(moment: _Moment) -> TransactionRecord:
    cents = -price(moment.rng, (80_000, 450_000))
    return _plain(moment, "Pagamento de fatura do cartão", cents, of.CARD_PAYMENT, "OUTROS")


def _transfer_in(moment: _Moment) -> TransactionRecord:
    cents = moment.rng.randint(1, 20) * 5000
    return _plain(
        moment, "Transferência recebida", cents, of.OWN_TRANSFER, "TRANSFERENCIA_MESMA_INSTITUICAO"
    )


def _transfer_out(moment: _Moment) -> TransactionRecord:
    cents = -moment.rng.randint(1, 20) * 5000
    return _plain(
        moment, "Transferência enviada", cents, of.OWN_TRANSFER, "TRANSFERENCIA_MESMA_INSTITUICAO"
    )


def _plain(
    moment: _Moment, what: str, cents: int, category: Category, operation: str
) -> TransactionRecord:
    return rows.movement(what, cents=cents, at=moment.at(), category=category, operation=operation)


def _card_purchase(moment: _Moment) -> TransactionRecord:
    habit = moment.rng.choice([habit for habit in HABITS if habit.card_visits])
    return _card_line(
        moment,
        moment.rng.choice(habit.names),
        price(moment.rng, habit.cents),
        habit.category,
        payeeMCC=habit.mcc,
    )


def _instalment_purchase(moment: _Moment) -> TransactionRecord:
    habit = moment.rng.choice([habit for habit in HABITS if habit.instalments > 1])
    parts = moment.rng.randint(2, habit.instalments)
    whole = price(moment.rng, habit.cents)
    first = whole // parts + whole % parts
    more: dict[str, Any] = {"installmentNumber": 1, "totalInstallments": parts}
    if _is_direct(moment.account):
        more["totalAmount"] = rows.money(whole)
    row = _card_line(
        moment, moment.rng.choice(habit.names), first, habit.category, payeeMCC=habit.mcc, **more
    )
    row.description += f" 01/{parts:02d}"
    row.description_raw = f"{row.description_raw} PARC 01/{parts:02d}"
    return row


def _subscription(moment: _Moment) -> TransactionRecord:
    chosen = moment.rng.choice(SUBSCRIPTIONS)
    return _card_line(moment, chosen.name, chosen.cents, chosen.category, payeeMCC=chosen.mcc)


def _refund(moment: _Moment) -> TransactionRecord:
    habit = moment.rng.choice([habit for habit in HABITS if habit.card_visits])
    row = _card_line(
        moment,
        moment.rng.choice(habit.names),
        -price(moment.rng, habit.cents),
        habit.category,
        payeeMCC=habit.mcc,
    )
    row.description, row.operation_type = f"Estorno - {row.description}", "ESTORNO"
    row.description_raw = f"ESTORNO {row.description_raw}"
    return row


def _card_fee(moment: _Moment) -> TransactionRecord:
    row = _card_line(moment, "Anuidade diferenciada", 3900, of.CARD_FEES, feeType="ANNUAL_FEE")
    row.operation_type, row.merchant = "TARIFA", None
    return row


def _abroad(moment: _Moment) -> TransactionRecord:
    name, category, mcc, dollars = moment.rng.choice(FOREIGN)
    usd = price(moment.rng, dollars)
    row = _card_line(moment, name, usd, category, payeeMCC=mcc)
    row.currency_code, row.merchant = "USD", None
    row.amount_in_account_currency = rows.money(round(usd * moment.rng.randint(5200, 5900) / 1000))
    return row


def _card_credit(moment: _Moment) -> TransactionRecord:
    """Receive the payment of a bill."""
    owed = int(moment.account.balance.scaleb(2))
    row = _card_line(moment, "Pagamento recebido", -max(1, owed), of.CARD_PAYMENT)
    row.operation_type, row.status, row.merchant = "PAGAMENTO_FATURA", "POSTED", None
    row.credit_card_metadata = {"cardNumber": moment.account.number}
    return row


def _card_line(
    moment: _Moment, name: str, cents: int, category: Category, **metadata: Any
) -> TransactionRecord:
    at = moment.at()
    metadata |= {"cardNumber": moment.account.number, "purchaseDate": written(at)}
    if not _is_direct(moment.account):
        due = str((moment.account.credit_data or {}).get("balanceDueDate", ""))
        metadata |= {
            "billForecastDate": due[:7] or f"{at:%Y-%m}",
            "billPostDate": None,
            "paymentType": "INSTALLMENT" if "totalInstallments" in metadata else "SINGLE",
            "transactionDateTime": written(at),
        }
    return TransactionRecord(
        description=name,
        description_raw=shout(name),
        amount=rows.money(cents),
        date=at,
        type="DEBIT" if cents > 0 else "CREDIT",
        status="PENDING",
        category=category.name,
        category_id=category.id,
        operation_type="PAGAMENTO",
        credit_card_metadata=metadata,
        merchant=merchant_of(name, category),
    )


_Writer = Callable[[_Moment], TransactionRecord]
_BANK: dict[str, _Writer] = {
    "purchase": _debit_purchase,
    "pix_in": _pix_in,
    "pix_out": _pix_out,
    "boleto": _boleto,
    "salary": _salary,
    "ted": _ted,
    "withdrawal": _withdrawal,
    "fee": _fee,
    "yield": _yield,
    "bill_payment": _bill_payment,
    "transfer_in": _transfer_in,
    "transfer_out": _transfer_out,
}
_CARD: dict[str, _Writer] = {
    "purchase": _card_purchase,
    "card_purchase": _card_purchase,
    "instalment_purchase": _instalment_purchase,
    "subscription": _subscription,
    "refund": _refund,
    "fee": _card_fee,
    "foreign_purchase": _abroad,
    "bill_payment": _card_credit,
}
_USUAL: dict[str, dict[str, int]] = {
    "BANK": {"purchase": 5, "pix_out": 4, "pix_in": 3, "boleto": 1, "withdrawal": 1},
    "CREDIT": {"card_purchase": 12, "instalment_purchase": 2, "subscription": 1, "refund": 1},
}
_USUAL_SAVINGS = {"transfer_in": 3, "transfer_out": 2}

BANK_KINDS = frozenset(_BANK)
CARD_KINDS = frozenset(_CARD)
