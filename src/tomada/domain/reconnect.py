"""An account that came back under another id: how it is known again, and its rows with it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tomada.domain.ids import AccountId
from tomada.domain.links import MOVED, LinkState, Match, Observation, Rule, in_order

_ENOUGH = 5
_MOST_PERCENT, _HALF_PERCENT = 80, 50


@dataclass(frozen=True, slots=True)
class AccountLink:
    """That one account of Pluggy's goes on as another.

    *shared* of *compared* rows are equal where both accounts have rows.
    """

    id: UUID
    state: LinkState
    from_account_id: AccountId
    to_account_id: AccountId
    shared: int
    compared: int
    at: datetime
    decided_at: datetime | None


def known_again(
    *, same_number: bool, shared: int, compared: int
) -> Literal["automatic", "suggested"] | None:
    """Tell how sure it is that a lost account goes on as a new one of its kind and currency.

    Two accounts of one person at one bank share few rows; one account shares nearly all.
    """
    overlaps = compared >= _ENOUGH and shared * 100 >= compared * _MOST_PERCENT
    if same_number and overlaps:
        return "automatic"
    if overlaps or (same_number and shared * 100 >= compared * _HALF_PERCENT):
        return "suggested"
    return None


def same_rows(old: Iterable[Observation], new: Iterable[Observation]) -> list[Match]:
    """Pair the rows of a lost account with those of the one it goes on as.

    All of them vanished together, so that equal rows of a day are one to one by the clock or in
    order; a row too many on either side is left alone.
    """
    found: list[Match] = []
    left, free = list(old), list(new)
    for key, rule in _KEYS:
        pairs = _paired(left, free, key)
        found += [Match(one, other, rule, 95, automatic=True) for one, other in pairs]
        used = {one.id for pair in pairs for one in pair}
        left = [one for one in left if one.id not in used]
        free = [one for one in free if one.id not in used]
    return found + _moved(left, free)


def _provider(one: Observation) -> object:
    return one.provider


def _clock(one: Observation) -> object:
    return one.clock and (one.same, one.clock)


def _day(one: Observation) -> object:
    return (one.same, one.day)


_KEYS: tuple[tuple[Callable[[Observation], object], Rule], ...] = (
    (_provider, "provider_id"), (_clock, "same_day"), (_day, "order"),
)  # fmt: skip


def _paired(
    old: Sequence[Observation], new: Sequence[Observation], key: Callable[[Observation], object]
) -> list[tuple[Observation, Observation]]:
    groups: dict[object, tuple[list[Observation], list[Observation]]] = {}
    for side, rows in enumerate((old, new)):
        for one in rows:
            groups.setdefault(key(one), ([], []))[side].append(one)
    return [
        pair
        for name, (olds, news) in groups.items()
        if name is not None and len(olds) == len(news)
        for pair in zip(in_order(olds), in_order(news), strict=True)
    ]


def _moved(old: Sequence[Observation], new: Sequence[Observation]) -> list[Match]:
    by_kind: dict[object, list[Observation]] = {}
    for one in new:
        by_kind.setdefault(one.same, []).append(one)
    kinds = Counter(one.same for one in old)
    return [
        Match(one, there[0], "moved", 85, automatic=True)
        for one in old
        if kinds[one.same] == 1
        and len(there := by_kind.get(one.same, [])) == 1
        and abs(there[0].day - one.day) <= MOVED
    ]
