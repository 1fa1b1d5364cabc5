"""Brazilian bank days, months and the three shapes an instant takes at the provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

# Brazil has had no daylight saving since 2019, so the offset is fixed and needs no zone database.
BRASILIA = timezone(timedelta(hours=-3), "America/Sao_Paulo")

_FIXED_HOLIDAYS = frozenset(
    {(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)}
)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Dating:
    """How one connector writes the date of a movement.

    Direct connectors write midnight UTC of the bank's day. Open Finance connectors write the real
    instant where the bank knows it and midnight of São Paulo (03:00 UTC) where it knows a day only.
    """

    direct: bool

    def instant(self, day: date, at: time | None = None) -> datetime:
        """Write *day*, and the local time *at* where this connector carries times."""
        if self.direct:
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        local = datetime.combine(day, at or time(0), tzinfo=BRASILIA)
        return local.astimezone(UTC)

    def day_of(self, instant: datetime) -> date:
        """Read the bank's day back from an instant written by this connector."""
        return instant.date() if self.direct else instant.astimezone(BRASILIA).date()


def written(instant: datetime) -> str:
    """Write an instant inside free-form details: UTC with milliseconds."""
    return f"{instant.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def is_bank_day(day: date) -> bool:
    """Tell whether banks settle on *day*: no weekend, no national holiday."""
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _FIXED_HOLIDAYS:
        return False
    easter = _easter(day.year)
    # Carnival Monday and Tuesday, Good Friday, Corpus Christi.
    return (day - easter).days not in {-48, -47, -2, 60}


def next_bank_day(day: date) -> date:
    """Give *day* itself, or the first bank day after it."""
    while not is_bank_day(day):
        day += timedelta(days=1)
    return day


def nth_bank_day(year: int, month: int, nth: int) -> date:
    """Give the *nth* bank day of a month; salaries are due on the fifth."""
    day = next_bank_day(date(year, month, 1))
    for _ in range(nth - 1):
        day = next_bank_day(day + timedelta(days=1))
    return day


def add_months(day: date, months: int) -> date:
    """Move *day* by whole months, to the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def days_in_month(year: int, month: int) -> int:
    """Count the days of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month that has a day in *first* to *last*."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def _easter(year: int) -> date:
    """Find Easter Sunday (the Gregorian computus of 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
