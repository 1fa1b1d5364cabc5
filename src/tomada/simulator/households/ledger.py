"""Carry checking and savings through the year, so that the money is there when it is spent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tomada.simulator.households import categories as of
from tomada.simulator.households import rows
from tomada.simulator.households.bank_days import Dating, months_between
from tomada.simulator.households.card import CardYear
from tomada.simulator.households.credit import (
    debits_between,
    paid_out_between,
    withheld_from_pay,
)
from tomada.simulator.households.profile import Relationship
from tomada.simulator.households.spending import month_of_spending
from tomada.simulator.records import TransactionRecord

_FLOOR = 20_000
"""Cents the household tries to keep on the checking account."""
_YIELD_PERMYRIAD = 57
"""Savings yield of a month in hundredths of a percent."""
_SAVES_ABOVE = 1.35
"""Share of a month's income above which the rest goes to savings."""

_CREDIT_CATEGORIES = {"0401": of.VEHICLE_FINANCING, "0902": of.MORTGAGE}


@dataclass(slots=True)
class BankYear:
    """Both bank accounts over one window; amounts in cents."""

    opening: int
    savings_opening: int
    checking: list[TransactionRecord] = field(default_factory=list)
    savings: list[TransactionRecord] = field(default_factory=list)
    balance: int = 0
    savings_balance: int = 0
    saves: bool = True


def bank_year(
    bank: Relationship,
    card: CardYear,
    *,
    first: date,
    now: datetime,
    today: date,
    saves: bool = True,
    owes: bool = True,
) -> BankYear:
    """Live through the days from *first* to *today* in the order things happen.

    Without *saves* there is no savings account: the balance runs up, or into the overdraft. With
    *owes* the customer's loans are paid out to and paid back from the checking account.
    """
    rng = bank.rng("opening")
    year = BankYear(
        opening=bank.income * rng.randint(5, 45) // 100,
        savings_opening=rng.randint(900_000, 3_800_000) if saves else 0,
        saves=saves,
    )
    year.balance, year.savings_balance = year.opening, year.savings_opening
    dating = Dating(direct=bank.direct)
    planned = [
        row
        # A due day at the end of a month may settle in the next one.
        for month in months_between(first - timedelta(days=6), today)
        for row in month_of_spending(bank, month)
        if first <= dating.day_of(row.date) <= today and row.date <= now
    ]
    planned += [
        _card_payment(payment.cents, dating.instant(payment.day)) for payment in card.payments
    ]
    if owes:
        planned += [row for row in _credit(bank, dating, first, today) if row.date <= now]
    yields = {day: dating.instant(day) for day in _yield_days(bank, first=first, today=today)}
    planned.sort(key=lambda row: row.date)
    for row in planned:
        for day in [day for day, at in yields.items() if at <= row.date]:
            _earn(year, at=yields.pop(day))
        _happen(bank, year, row)
    for at in yields.values():
        _earn(year, at=at)
    return year


def _credit(
    bank: Relationship, dating: Dating, first: date, last: date
) -> Iterator[TransactionRecord]:
    """Write what loans bring in once and take out every month."""
    for contract in paid_out_between(bank, first, last):
        cents = contract.principal - contract.product.fee - contract.taxes
        yield rows.movement(
            f"Crédito contratado - {contract.product.name}", cents=cents,
            at=dating.instant(contract.start), category=of.LOANS, operation="OPERACAO_CREDITO",
        )  # fmt: skip
    for contract, one in debits_between(bank, first, last):
        if withheld_from_pay(contract):
            continue
        what = "Amortização" if one.extra else f"Parcela {one.number:02d}"
        yield rows.movement(
            f"{what} - {contract.product.name}", cents=-one.cents, at=dating.instant(one.due),
            category=_CREDIT_CATEGORIES.get(contract.product.modality, of.LOANS),
            operation="OPERACAO_CREDITO",
        )  # fmt: skip


def _happen(bank: Relationship, year: BankYear, row: TransactionRecord) -> None:
    """Move the money of *row*, after fetching it from savings if it would be missing."""
    cents = int(row.amount.scaleb(2))
    missing = _FLOOR - (year.balance + cents)
    if cents < 0 and missing > 0 and year.savings_balance > 0:
        fetched = min(-(-missing // 20_000) * 20_000, year.savings_balance)
        _transfer(year, cents=fetched, at=row.date)
    _book(year, row, cents)
    limit = int(bank.income * _SAVES_ABOVE)
    if year.saves and cents > bank.income // 6 and year.balance > limit:
        _transfer(year, cents=-((year.balance - limit) // 10_000 * 10_000), at=row.date)


def _book(year: BankYear, row: TransactionRecord, cents: int) -> None:
    year.balance += cents
    row.balance = rows.money(year.balance)
    year.checking.append(row)


def _book_savings(year: BankYear, row: TransactionRecord, cents: int) -> None:
    year.savings_balance += cents
    row.balance = rows.money(year.savings_balance)
    year.savings.append(row)


def _transfer(year: BankYear, *, cents: int, at: datetime) -> None:
    """Move *cents* from savings to checking, or the other way when negative."""
    if cents == 0:
        return
    here, there = ("Resgate poupança", "Resgate para conta corrente")
    if cents < 0:
        here, there = ("Aplicação poupança", "Depósito da conta corrente")
    _book(year, rows.own_transfer(here, cents=cents, at=at), cents)
    _book_savings(year, rows.own_transfer(there, cents=-cents, at=at), -cents)


def _earn(year: BankYear, *, at: datetime) -> None:
    """Credit a month's yield on what is saved."""
    cents = year.savings_balance * _YIELD_PERMYRIAD // 10_000
    if cents > 0:
        row = rows.movement(
            "Rendimento poupança", raw="REND POUPANCA", cents=cents, at=at,
            category=of.PROCEEDS, operation="RENDIMENTO_APLIC_FINANCEIRA",
        )  # fmt: skip
        _book_savings(year, row, cents)


def _yield_days(bank: Relationship, *, first: date, today: date) -> Iterable[date]:
    day = bank.rng("yield").randint(1, 28)
    for month in months_between(first, today):
        if first <= month.replace(day=day) <= today:
            yield month.replace(day=day)


def _card_payment(cents: int, at: datetime) -> TransactionRecord:
    return rows.movement(
        "Pagamento de fatura do cartão", raw="PAGTO FATURA CARTAO CREDITO", cents=-cents, at=at,
        category=of.CARD_PAYMENT, operation="OUTROS",
    )  # fmt: skip
