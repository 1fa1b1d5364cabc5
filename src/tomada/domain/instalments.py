"""Purchases in instalments: the parts that belong together, and what is known of the rest.

Banks show parts differently: all at once with days to come, one a month, or the current one
only (`pluggy-api.md` 3.0). What was not shown is not invented: a missing part is missing, and the
price is known only where the provider gives it or every part is there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tomada.domain.card_lines import PartEvidence
from tomada.domain.ids import AccountId, TransactionId

SeriesState = Literal["running", "complete", "paid_early", "unknown"]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One row that is a part of a purchase; *amount_minor* is what it adds to the debt.

    *billed* is the bill it is on, or the month of the one it is expected on.
    """

    id: TransactionId
    account_id: AccountId
    series: bytes
    number: int
    of: int | None
    day: date
    amount_minor: int
    billed: str | None
    closed: bool
    whole_minor: int | None
    evidence: PartEvidence


@dataclass(frozen=True, slots=True)
class Series:
    """The parts of one purchase, by number.

    *whole_minor* is its price, None where that is unknown. *missing* are parts nobody has shown.
    *evidence* is ``text`` where any part is known by its text only.
    """

    account_id: AccountId
    of: int | None
    parts: tuple[PartLine, ...]
    missing: tuple[int, ...]
    whole_minor: int | None
    state: SeriesState
    evidence: PartEvidence

    @property
    def billed_minor(self) -> int:
        """What closed bills hold of it."""
        return sum(part.amount_minor for part in self.parts if part.closed)

    @property
    def to_come_minor(self) -> int:
        """What is known and on no closed bill yet."""
        return sum(part.amount_minor for part in self.parts if not part.closed)


def series_of(lines: Iterable[PartLine]) -> list[Series]:
    """Put parts together: each part number once in a purchase, amounts alike.

    Two equal purchases of one day are two: the n-th line of a part number goes to the n-th.
    """
    named: dict[tuple[AccountId, bytes], list[PartLine]] = {}
    for line in lines:
        named.setdefault((line.account_id, line.series), []).append(line)
    return [_series(parts) for group in named.values() for parts in _split(group)]


def _split(group: Sequence[PartLine]) -> list[list[PartLine]]:
    found: list[list[PartLine]] = []
    for line in sorted(group, key=lambda one: (one.number, one.day, one.id)):
        home = next((parts for parts in found if _belongs(line, parts)), None)
        if home is None:
            found.append([line])
        else:
            home.append(line)
    return found


def _belongs(line: PartLine, parts: Sequence[PartLine]) -> bool:
    """Tell whether *line* can be of the same purchase; odd cents are in its first part."""
    if any(one.number == line.number for one in parts):
        return False
    slack = line.of or line.number
    return all(
        abs(one.amount_minor - line.amount_minor) <= slack
        and (
            one.day == line.day or _months(line.day) - _months(one.day) == line.number - one.number
        )
        for one in parts
    )


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _series(parts: Sequence[PartLine]) -> Series:
    of = max((one.of for one in parts if one.of is not None), default=None)
    missing = tuple(sorted(set(range(1, (of or 0) + 1)) - {one.number for one in parts}))
    told = {one.whole_minor for one in parts if one.whole_minor is not None}
    whole = told.pop() if len(told) == 1 else None
    if whole is None and of is not None and not missing:
        whole = sum(one.amount_minor for one in parts)
    by_text = any(one.evidence == "text" for one in parts)
    return Series(
        account_id=parts[0].account_id,
        of=of,
        parts=tuple(parts),
        missing=missing,
        whole_minor=whole,
        state=_state(parts, of),
        evidence="text" if by_text else "metadata",
    )


def _state(parts: Sequence[PartLine], of: int | None) -> SeriesState:
    if of is None:
        return "unknown"
    last = next((one for one in parts if one.number == of), None)
    if last is None or not last.closed:
        return "running"
    # Several parts on the bill of the last one: the rest was paid in one go.
    together = [one for one in parts if one.billed is not None and one.billed == last.billed]
    return "paid_early" if len(together) > 1 else "complete"
