"""What counts as income and as spending."""

from collections.abc import Container, Iterable
from datetime import date
from typing import Protocol

from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.transactions import Detail, MonthTotals

# Pluggy's category ids: the first two digits are the main category.
_OWN_MONEY = ("04",)  # transfers between accounts of the same person
_INVESTING = ("03",)
_YIELD = "03060000"


class Line(Protocol):
    """What sums need of a row."""

    @property
    def id(self) -> TransactionId: ...  # noqa: D102  (the movement's words)
    @property
    def day(self) -> date: ...  # noqa: D102
    @property
    def account_id(self) -> AccountId: ...  # noqa: D102
    @property
    def signed_minor(self) -> int: ...  # noqa: D102
    @property
    def currency(self) -> str: ...  # noqa: D102
    @property
    def detail(self) -> Detail: ...  # noqa: D102


def month_totals(
    movements: Iterable[Line],
    *,
    cards: frozenset[AccountId],
    payments: Container[TransactionId],
    first: date,
    count: int,
) -> list[MonthTotals]:
    """Sum reais by civil month from *first* on, leaving out what is neither.

    Not income or spending: moving one's own money, investing it, and paying a card bill
    (*payments* are the rows of both its sides), whose purchases were spending already. Another
    credit on a card is a refund: it lowers spending.
    """
    income = [0] * count
    spending = [0] * count
    for movement in movements:
        n = (movement.day.year - first.year) * 12 + movement.day.month - first.month
        if not 0 <= n < count or movement.currency != "BRL":
            continue
        if movement.id in payments or _own(movement):
            continue
        if movement.account_id in cards:
            spending[n] -= movement.signed_minor
        elif movement.signed_minor > 0:
            income[n] += movement.signed_minor
        else:
            spending[n] -= movement.signed_minor
    months = [_later(first, n) for n in range(count)]
    return [
        MonthTotals(month, income[n], max(spending[n], 0), "BRL") for n, month in enumerate(months)
    ]


def _own(movement: Line) -> bool:
    category = movement.detail.category_id or ""
    return category != _YIELD and category[:2] in _OWN_MONEY + _INVESTING


def _later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
