"""The days on which a scheduled request pays.

Bounds are the published ones: 3 to 59 daily or weekly payments, 3 to 23 monthly ones, all within
two years of the first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
LEAST = 3
MOST = {"DAILY": 59, "WEEKLY": 59, "MONTHLY": 23}
SPAN = timedelta(days=731)
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Repetition:
    """A repeated payment; *place* is the weekday's number or the day of the month."""

    kind: Literal["DAILY", "WEEKLY", "MONTHLY"]
    start: date
    count: int
    place: int = 0


def days_of(rule: Repetition) -> list[date]:
    """List the days: the first that fits on or after the start, then one per period."""
    match rule.kind:
        case "DAILY":
            return [rule.start + timedelta(days=number) for number in range(rule.count)]
        case "WEEKLY":
            first = rule.start + timedelta(days=(rule.place - rule.start.weekday()) % 7)
            return [first + timedelta(weeks=number) for number in range(rule.count)]
        case "MONTHLY":
            months = _months(rule.start, rule.place)
            return [next(months) for _ in range(rule.count)]


def _months(start: date, place: int) -> Iterator[date]:
    year, month = start.year, start.month
    while True:
        found = in_month(year, month, place)
        if found >= start:
            yield found
        year, month = (year + 1, 1) if month == _DECEMBER else (year, month + 1)


def in_month(year: int, month: int, place: int) -> date:
    """Name the *place*-th of a month, or its last day when it is shorter."""
    following = date(year + 1, 1, 1) if month == _DECEMBER else date(year, month + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month, min(place, last))


def months_later(day: date, months: int) -> date:
    """Name the same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return in_month(year, month + 1, day.day)
