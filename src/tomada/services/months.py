"""What counts as income and as spending."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from tomada.domain.ids import AccountId
from tomada.domain.transactions import Detail, MonthTotals

# Pluggy's category ids: the first two digits are the main category.
_OWN_MONEY = ("04",)  # transfers between accounts of the same person
_CARD_PAYMENT = "05100000"
_INVESTING = ("03",)
_BILL_PAYMENT = "PAGAMENTO_FATURA"
_YIELD = "03060000"


class Line(Protocol):
    """What sums need of a movement; a ``Movement`` is one."""

    @property
    def day(self) -> date: ...  # noqa: D102  (the movement's words)
    @property
    def account_id(self) -> AccountId: ...  # noqa: D102
    @property
    def signed_minor(self) -> int: ...  # noqa: D102
    @property
    def currency(self) -> str: ...  # noqa: D102
    @property
    def detail(self) -> Detail: ...  # noqa: D102


def month_totals(
    movements: Iterable[Line], *, cards: frozenset[AccountId], first: date, count: int
) -> list[MonthTotals]:
    """Sum reais by civil month from *first* on, leaving out what is neither.

    Not income or spending: moving one's own money, investing it, and paying a card bill, whose
    purchases were spending already. A credit on a card is a refund: it lowers spending.
    """
    income = [0] * count
    spending = [0] * count
    for movement in movements:
        n = (movement.day.year - first.year) * 12 + movement.day.month - first.month
        if not 0 <= n < count or movement.currency != "BRL" or _neither(movement):
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


def _neither(movement: Line) -> bool:
    category = movement.detail.category_id or ""
    if category == _YIELD:
        return False
    if category == _CARD_PAYMENT or category[:2] in _OWN_MONEY + _INVESTING:
        return True
    # A purchase on a card is "PAGAMENTO", a refund "ESTORNO"; what pays the bill says so.
    return movement.detail.payment_method == _BILL_PAYMENT


def _later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
