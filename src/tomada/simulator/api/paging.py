"""The two ways through long lists: numbered pages, and cursors."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tomada.simulator.api.call import Call
from tomada.simulator.encoding import instant
from tomada.simulator.ledger import Position, position
from tomada.simulator.records import TransactionRecord
from tomada.simulator.refusals import invalid
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.shapes import Shape, page_shape

LARGEST = 500
"""The provider refuses to give more rows on one page."""


@dataclass(frozen=True, slots=True)
class PageWish:
    """Which numbered page is asked for."""

    page: int
    size: int


def page_wish(call: Call, settings: SimulatorSettings) -> PageWish:
    """Read `page` and `pageSize`; a world with smaller pages cuts a larger wish down to them."""
    wrong = []
    page = _whole(call.query("page"), 1)
    size = _whole(call.query("pageSize"), settings.page_size)
    if page is None or page < 1:
        wrong.append("page must not be less than 1")
    if size is None or size < 1:
        wrong.append("pageSize must not be less than 1")
    elif size > LARGEST:
        wrong.append(f"pageSize must not be greater than {LARGEST}")
    if wrong:
        raise invalid(wrong)
    return PageWish(page or 1, min(size or LARGEST, settings.page_size))


def page_of(results: list[Shape], call: Call, settings: SimulatorSettings) -> Shape:
    """Cut the page asked for out of *results*."""
    wish = page_wish(call, settings)
    return page_shape(results, page=wish.page, size=wish.size)


def _whole(text: str | None, default: int) -> int | None:
    if text is None:
        return default
    return int(text) if text.isdecimal() else None


def cursor_at(when: datetime, row_id: str) -> str:
    """Name the place behind a row: its date and id."""
    return b64encode(f"{instant(when)}|{row_id}".encode()).decode()


def read_cursor(text: str) -> Position:
    """Read a cursor, whether or not the row it names still exists."""
    try:
        when, _, row_id = b64decode(text, validate=True).decode().partition("|")
        moment = datetime.fromisoformat(when)
    except (Base64Error, ValueError) as failure:
        raise invalid("Invalid cursor") from failure
    if moment.tzinfo is None or not row_id:
        raise invalid("Invalid cursor")
    return position(moment, row_id)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are asked for; None lets everything pass."""

    ids: frozenset[str] | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    created_from: datetime | None = None
    bill_id: str | None = None

    def passes(self, row: TransactionRecord) -> bool:
        """Say whether *row* is one of them."""
        if self.ids is not None and row.id not in self.ids:
            return False
        if self.date_from is not None and row.date < self.date_from:
            return False
        if self.date_to is not None and row.date > self.date_to:
            return False
        if self.created_from is not None and (row.created_at or row.date) < self.created_from:
            return False
        return (
            self.bill_id is None or (row.credit_card_metadata or {}).get("billId") == self.bill_id
        )


def moment_in(call: Call, name: str, *, zone: str, end: bool = False) -> datetime | None:
    """Read an instant of the query; a bare date is its first moment, or with *end* its last."""
    text = call.query(name)
    if text is None:
        return None
    # A plus sign that nobody encoded arrives as a blank.
    text = text.replace(" ", "+")
    try:
        if len(text) == len("2026-11-20"):
            day = date.fromisoformat(text)
            first = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
            return first + timedelta(days=1, milliseconds=-1) if end else first
        moment = datetime.fromisoformat(text)
    except ValueError as failure:
        raise invalid(f"{name} must be a valid ISO 8601 date string") from failure
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def ids_in(call: Call) -> Sequence[str] | None:
    """Read `ids`, joined by commas."""
    text = call.query("ids")
    return None if text is None else [one for one in text.split(",") if one]


def next_query(given: dict[str, Any], after: str) -> str:
    """Write the ready query string of the next page; cursors stand in it as they are."""
    parts = [f"{name}={value}" for name, value in given.items() if value is not None]
    return f"?{'&'.join([*parts, f'after={after}'])}"
