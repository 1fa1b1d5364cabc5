"""The provider's kinds of date, kept apart.

An *instant* is an ordinary aware ``datetime``. A *plain date* is a day in a calendar, whatever
time of day is written behind it. A *bank date* is an instant that usually stands for a day in
São Paulo.
"""

import re
from datetime import UTC, date, datetime, time
from functools import total_ordering
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant with its zone, as ``2026-11-20T12:02:30.512Z``."""

Shape = Literal["date", "midnight", "instant", "local"]

_SAO_PAULO_NAME = "America/Sao_Paulo"
# Some institutions append the zone's name in brackets; it repeats the offset before it.
_ZONE_SUFFIX = re.compile(r"\[[A-Za-z0-9_+\-/:]{1,40}\]$")
_DAY_LENGTH = len("2026-11-20")
# Past the refusal of `_Dated` to be changed; bound once, since every row has a date.
_set = object.__setattr__


@total_ordering
class _Dated:
    """A date that remembers how it was written; ordered by instant, equal by text."""

    __slots__ = ("_instant", "text")

    text: str
    _instant: datetime

    def __init__(self, text: str) -> None:
        """Read *text*; raise ``ValueError`` if it is no ISO date or date and time."""
        _set(self, "text", text)
        _set(self, "_instant", _read(text))

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} is read-only")

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return (type(self), (self.text,))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.text == other.text

    def __lt__(self, other: Self) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return (self._instant, self.text) < (other._instant, other.text)

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class PlainDate(_Dated):
    """A day in a calendar: due dates, closing dates, schedules.

    Written ``2026-11-28`` or with a time that means nothing (``2026-11-05T00:00:00.000Z``,
    ``2023-07-20T00:00:00``); the day is the written one in each case.
    """

    __slots__ = ()

    @classmethod
    def of(cls, day: date) -> Self:
        """Write *day*, for a request."""
        return cls(day.isoformat())

    @property
    def day(self) -> date:
        """The written day."""
        return date.fromisoformat(self.text[:_DAY_LENGTH])


class BankDate(_Dated):
    """When a movement happened: an instant that often stands for a whole day.

    Pluggy writes three shapes: ``T03:00:00.000Z`` (midnight in São Paulo, the bank gave only a
    day), a real time of day, and ``T00:00:00.000Z`` (midnight in UTC, from older and direct
    connectors, which means the written day).
    """

    __slots__ = ()

    @property
    def instant(self) -> datetime:
        """The instant in UTC; a text without zone is read as São Paulo time."""
        return self._instant

    @property
    def shape(self) -> Shape:
        """How it was written: a bare date, midnight UTC, an instant, or without a zone."""
        if len(self.text) == _DAY_LENGTH:
            return "date"
        if not _has_zone(self.text):
            return "local"
        return "midnight" if self._instant.time() == time() else "instant"

    @property
    def day(self) -> date:
        """The civil day in Brazil.

        Exactly midnight UTC means the written day; converting it would move the movement to the
        day before. Everything else is converted to São Paulo.
        """
        if self.shape in ("date", "midnight"):
            return date.fromisoformat(self.text[:_DAY_LENGTH])
        return self._instant.astimezone(ZoneInfo(_SAO_PAULO_NAME)).date()


def _has_zone(text: str) -> bool:
    """Tell whether the part after the day names an offset."""
    clock = _ZONE_SUFFIX.sub("", text)[_DAY_LENGTH:]
    return "Z" in clock or "z" in clock or "+" in clock or "-" in clock


def _read(text: str) -> datetime:
    """Read a date or a date and time; what has no zone is São Paulo time."""
    if len(text) < _DAY_LENGTH or text[4:5] != "-" or text[7:8] != "-":
        raise ValueError("not an ISO date")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.fromisoformat(_ZONE_SUFFIX.sub("", text))
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(_SAO_PAULO_NAME))
    return moment.astimezone(UTC)


def instant_text(moment: datetime) -> str:
    """Write *moment* as Pluggy does, in UTC with milliseconds, rounded down.

    Rounded down because it is used in inclusive "from" filters, where later would lose rows.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
