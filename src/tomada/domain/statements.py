"""A closed bill and its lines, which make its total or leave a difference that is shown.

Bill lines + charges - credits = total, to the cent. What is left is shown as the unexplained
difference; nothing is added to make it go away. Forecasts are no bills and are kept apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tomada.domain.bills import Bill, FinanceCharge
from tomada.domain.card_lines import CHARGES, CardLine, LineKind
from tomada.domain.ids import TransactionId

Reason = Literal["carried_over", "payments_deducted", "before_history", "other_currency", "unknown"]
"""What the unexplained difference most likely is."""

_CHARGE_KINDS: Mapping[str, LineKind] = {
    "LATE_PAYMENT_REMUNERATIVE_INTEREST": "interest",
    "LATE_PAYMENT_INTEREST": "interest",
    "LATE_PAYMENT_FEE": "fee",
    "IOF": "tax",
}
_A_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Entry:
    """A card's row with its line; *amount_minor* is what it adds to the debt."""

    line: CardLine
    day: date
    amount_minor: int
    currency: str
    status: str

    @property
    def id(self) -> TransactionId:
        """The transaction."""
        return self.line.id


@dataclass(frozen=True, slots=True)
class Statement:
    """One bill, explained; amounts are positive minor units but *difference_minor*.

    *charges* are finance charges that are no line of their own; *charge_lines* are fees, interest
    and taxes among the lines. *payments* are lines that paid the bill before; they are no credit.
    """

    bill: Bill
    purchases: tuple[Entry, ...]
    charge_lines: tuple[Entry, ...]
    charges: tuple[FinanceCharge, ...]
    credits: tuple[Entry, ...]
    payments: tuple[Entry, ...]
    reason: Reason | None = None

    @property
    def lines_minor(self) -> int:
        """Purchases and credit taken."""
        return sum(one.amount_minor for one in self.purchases)

    @property
    def charges_minor(self) -> int:
        """Fees, interest and taxes, each once."""
        return sum(one.amount_minor for one in self.charge_lines) + sum(
            one.amount_minor or 0 for one in self.charges
        )

    @property
    def credits_minor(self) -> int:
        """Refunds, cashback and credits that nothing explains."""
        return -sum(one.amount_minor for one in self.credits)

    @property
    def difference_minor(self) -> int:
        """What the total asks beyond what is explained."""
        return self.bill.total_minor - self.lines_minor - self.charges_minor + self.credits_minor


@dataclass(frozen=True, slots=True)
class Forecast:
    """Lines that the bank expects on the bill of a month; *month* None is the open bill."""

    month: date | None
    entries: tuple[Entry, ...]

    @property
    def amount_minor(self) -> int:
        """What they add up to, payments apart."""
        return sum(one.amount_minor for one in self.entries if one.line.kind != "payment")


def state(
    bill: Bill, entries: Iterable[Entry], *, before: Bill | None, first_day: date | None
) -> Statement:
    """Explain *bill* by the lines that name it.

    *before* is the bill before it, *first_day* the oldest day of the card's rows.
    """
    mine = [one for one in entries if one.line.bill_id == bill.id]
    counted = [one for one in mine if one.currency == bill.currency]
    debits = [one for one in counted if one.line.kind != "payment" and one.amount_minor > 0]
    charge_lines = [one for one in debits if one.line.kind in CHARGES]
    statement = Statement(
        bill=bill,
        purchases=tuple(one for one in debits if one.line.kind not in CHARGES),
        charge_lines=tuple(charge_lines),
        charges=tuple(_not_lines(bill.detail.charges, charge_lines)),
        credits=tuple(
            one for one in counted if one.line.kind != "payment" and one.amount_minor <= 0
        ),
        payments=tuple(one for one in counted if one.line.kind == "payment"),
    )
    if statement.difference_minor == 0:
        return statement
    reason = _reason(statement, before, first_day, foreign=len(counted) < len(mine))
    return Statement(
        statement.bill, statement.purchases, statement.charge_lines, statement.charges,
        statement.credits, statement.payments, reason,
    )  # fmt: skip


def _not_lines(charges: Sequence[FinanceCharge], lines: Sequence[Entry]) -> list[FinanceCharge]:
    """Leave out finance charges that are among the lines too: same kind, same amount."""
    left = [(one.line.kind, one.amount_minor) for one in lines]
    kept = []
    for charge in charges:
        kind = _CHARGE_KINDS.get(charge.type or "", "fee")
        twin = (kind, charge.amount_minor)
        if twin in left:
            left.remove((kind, charge.amount_minor or 0))
        else:
            kept.append(charge)
    return kept


def _reason(
    statement: Statement, before: Bill | None, first_day: date | None, *, foreign: bool
) -> Reason:
    difference, bill = statement.difference_minor, statement.bill
    paid = sum(one.amount_minor or 0 for one in bill.detail.payments)
    if before is not None and difference == before.total_minor - paid:
        return "carried_over"
    paid_here = -sum(one.amount_minor for one in statement.payments)
    if difference < 0 and -difference in (paid, paid_here):
        return "payments_deducted"
    begins = (bill.closing_day or bill.due_day) - _A_MONTH
    if difference > 0 and (first_day is None or begins < first_day):
        return "before_history"
    return "other_currency" if foreign else "unknown"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is on no closed bill, kept apart from what is.

    *open* is the bill that grows now, *coming* those of later months. *unplaced* are posted rows
    that name no bill, and rows expected on a month whose bill has closed without them.
    """

    open: Forecast
    coming: tuple[Forecast, ...]
    unplaced: tuple[Entry, ...]


def outlook(entries: Iterable[Entry], bills: Sequence[Bill], *, today: date) -> Outlook:
    """Place what is on no bill by what the bank expects; a cycle is never guessed.

    A pending row without a month is on the open bill as soon as its day has come. Payments are on
    no bill.
    """
    done = [bill for bill in bills if bill.state(today) == "closed"]
    known = {bill.id for bill in done}
    growing = {bill.id for bill in bills} - known
    closed = max((bill.due_day.replace(day=1) for bill in done), default=None)
    months: dict[date, list[Entry]] = {}
    undated: list[Entry] = []
    later: list[Entry] = []
    unplaced: list[Entry] = []
    for one in entries:
        month = one.line.bill_month
        if one.line.bill_id in known or one.line.kind == "payment":
            continue
        if one.line.bill_id in growing:
            undated.append(one)
        elif one.line.bill_id is not None or (month is None and one.status != "PENDING"):
            unplaced.append(one)
        elif month is None:
            (undated if one.day <= today else later).append(one)
        elif closed is not None and month <= closed:
            unplaced.append(one)
        else:
            months.setdefault(month, []).append(one)
    order = sorted(months)
    first = order[0] if order else None
    now = [*(months[first] if first is not None else ()), *undated]
    coming = [Forecast(month, tuple(months[month])) for month in order[1:]]
    if later:
        coming.append(Forecast(None, tuple(later)))
    return Outlook(Forecast(first, tuple(now)), tuple(coming), tuple(unplaced))
