"""Income and spending per month as bars: the numbers of the picture, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tomada.domain.transactions import MonthTotals
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts

HEIGHT = 152
"""How much of the drawing the longest bar up and the longest bar down take together."""
_SHORTEST = 2
_EDGE = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One month: *up* and *down* are the heights of its two bars, the rest is to be read."""

    key: str
    mark: str
    title: str
    up: int
    down: int
    income: str
    spending: str
    net: wording.Amount
    current: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """The columns, oldest first, and the column whose figures are shown at the start.

    *base* is where the line between income and spending lies, from the top of the drawing.
    """

    columns: tuple[Column, ...]
    shown: Column | None
    base: int
    empty: bool


def draw(totals: Sequence[MonthTotals], *, today: date, chosen: date | None, texts: Texts) -> Chart:
    """Draw income up and spending down on one scale.

    The base line lies where both directions have room for their largest month; a month with any
    movement keeps a visible stub.
    """
    rows = in_one_currency(totals)
    most_in = max((row.income_minor for row in rows), default=0)
    most_out = max((row.spending_minor for row in rows), default=0)
    columns = tuple(
        _column(row, whole=most_in + most_out, today=today, chosen=chosen, texts=texts)
        for row in rows
    )
    return Chart(
        columns=columns,
        shown=next((one for one in columns if one.chosen), columns[-1] if columns else None),
        base=_EDGE + _height(most_in, most_in + most_out),
        empty=most_in + most_out == 0,
    )


def in_one_currency(totals: Sequence[MonthTotals]) -> list[MonthTotals]:
    """Keep the months of one currency: the real where there is any, else the first one met."""
    currencies = {row.currency for row in totals}
    kept = "BRL" if "BRL" in currencies else next((row.currency for row in totals), "")
    return [row for row in totals if row.currency == kept]


def _column(
    row: MonthTotals, *, whole: int, today: date, chosen: date | None, texts: Texts
) -> Column:
    language = texts.language
    return Column(
        key=f"{row.month:%Y-%m}",
        mark=wording.month_mark(row.month, language),
        title=wording.month_title(row.month, language),
        up=_height(row.income_minor, whole),
        down=_height(row.spending_minor, whole),
        income=wording.money(row.income_minor, row.currency, language),
        spending=wording.money(row.spending_minor, row.currency, language),
        net=wording.amount(row.income_minor - row.spending_minor, row.currency, language),
        current=_same_month(row.month, today),
        chosen=chosen is not None and _same_month(row.month, chosen),
    )


def _height(minor: int, whole: int) -> int:
    return max(_SHORTEST, minor * HEIGHT // whole) if minor > 0 else 0


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
