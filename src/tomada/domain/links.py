"""Which observations of Pluggy's are one movement: rules with evidence, and doubt where it is due.

An *observation* is what Pluggy showed under one id. Pluggy's id is the identity while it lasts; the
rules here speak of an id that vanished and of one that appeared. Two observations that were there
at the same time are two movements, however equal they look.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from tomada.domain.ids import TransactionId

Rule = Literal[
    "provider_id", "same_day", "order", "moved", "settled", "settled_amount", "corrected",
    "transfer", "account",
]  # fmt: skip
LinkKind = Literal["same", "transfer"]
LinkState = Literal["automatic", "suggested", "undone", "confirmed"]

MOVED = timedelta(days=3)
"""A restated row stays within so many days of where it was."""
SETTLED = timedelta(days=7)
"""An authorisation is posted within so many days."""
AROUND = timedelta(days=31)
"""What is bought again and again is seen to be so within so many days."""
_TIP_PERCENT = 130
"""A posted amount is at most so many per cent of what was authorised."""
_ENOUGH_LETTERS = 6
_SEVERAL = 3
_ONE_EACH = 2
_ONE_READING = timedelta(hours=36)
_CERTAIN, _SURE, _LIKELY, _POSSIBLE = 100, 95, 85, 60


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule may look at of one observation.

    *same* compares amount, currency and words at once. *provider* is the institution's own id,
    *clock* the real time of day where the bank gave one. *appeared* is when it first was at Pluggy,
    *present* a time at which it certainly still was there. *marked* tells that the person has
    written something to it.
    """

    id: TransactionId
    pluggy_id: str
    day: date
    clock: datetime | None
    signed_minor: int
    currency: str
    status: str
    position: int
    words: str
    same: Hashable
    provider: str | None
    appeared: datetime
    present: datetime | None = None
    marked: bool = False

    @property
    def pending(self) -> bool:
        """Tell whether it is not settled."""
        return self.status == "PENDING"


_Key = Callable[[Observation], Hashable]
_Fits = Callable[[Observation, Observation], bool]


@dataclass(frozen=True, slots=True)
class Match:
    """A vanished observation and the one it lives on as, by which rule, how sure in per cent."""

    old: Observation
    new: Observation
    rule: Rule
    confidence: int
    automatic: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One decision that two observations belong together, as it is kept.

    *row_id* is the row that stays, *other_id* the one that was taken into it, or the other side of
    a transfer.
    """

    id: UUID
    kind: LinkKind
    rule: Rule
    state: LinkState
    confidence: int
    row_id: TransactionId
    other_id: TransactionId
    from_pluggy_id: str
    to_pluggy_id: str
    at: datetime
    decided_at: datetime | None


def matches(
    vanished: Iterable[Observation],
    live: Iterable[Observation],
    *,
    refused: frozenset[tuple[str, str]] = frozenset(),
) -> list[Match]:
    """Find what vanished observations of one account live on as.

    *live* is all that is there around them, ``AROUND`` to both sides. The rules go from the strongest evidence to the weakest,
    and each observation is taken at most once. *refused* are pairs of Pluggy's ids that a person has
    parted for good.
    """
    old, new = list(vanished), list(live)
    side = _Sides(old, new, Counter(one.same for one in (*old, *new)))
    found: list[Match] = []
    for rule in (_by_provider, _on_the_same_day, _moved, _settled, _otherwise):
        part = [
            one for one in rule(side)
            if (one.old.pluggy_id, one.new.pluggy_id) not in refused
        ]  # fmt: skip
        found += part
        side = side.without({one.old.id for one in part} | {one.new.id for one in part})
    return found


def together(old: Observation, new: Observation) -> bool:
    """Tell whether both were at Pluggy at one time, as far as that is known."""
    return old.present is not None and new.appeared < old.present


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is left to be matched; *kinds* counts how many of each kind there were at first."""

    old: list[Observation]
    new: list[Observation]
    kinds: Counter[Hashable]

    def without(self, ids: set[TransactionId]) -> "_Sides":
        return _Sides(
            [one for one in self.old if one.id not in ids],
            [one for one in self.new if one.id not in ids],
            self.kinds,
        )

    def by(self, key: _Key) -> Iterator["_Sides"]:
        """Part into groups of one key that have something on both sides; a key None is none."""
        groups: dict[Hashable, _Sides] = {}
        for one in self.old:
            groups.setdefault(key(one), _Sides([], [], self.kinds)).old.append(one)
        for one in self.new:
            if (name := key(one)) in groups:
                groups[name].new.append(one)
        yield from (one for name, one in groups.items() if name is not None and one.new)

    def nearest(
        self, fits: _Fits, *, within: timedelta
    ) -> Iterator[tuple[Observation, Observation, bool]]:
        """Pair those that fit, nearest days first, each at most once; True where no other fits."""
        pairs = sorted(
            (abs(other.day - one.day), other.day, one.position, other.position, n, m)
            for n, one in enumerate(self.old)
            for m, other in enumerate(self.new)
            if abs(other.day - one.day) <= within and fits(one, other)
        )
        olds, news = (Counter(pair[at] for pair in pairs) for at in (-2, -1))
        taken: set[tuple[str, int]] = set()
        for *_, n, m in pairs:
            if ("old", n) not in taken and ("new", m) not in taken:
                taken |= {("old", n), ("new", m)}
                yield self.old[n], self.new[m], olds[n] == 1 == news[m]


def _by_provider(side: _Sides) -> Iterator[Match]:
    """Go by the institution's own id: one movement, whatever else was corrected."""
    for group in side.by(lambda one: one.provider):
        if len(group.old) == len(group.new) == 1:
            one, other = group.old[0], group.new[0]
            if one.currency == other.currency and not together(one, other):
                yield _match(one, other, "provider_id", _CERTAIN)


def _on_the_same_day(side: _Sides) -> Iterator[Match]:
    """Equal in everything, day included: one to one, by the clock or in the order of the day.

    An authorisation may be dropped on the day of another purchase like it: without a clock it must
    be the only one of its kind in weeks. What is posted does not vanish without coming back: equal
    rows are interchangeable, so that their order is enough, unless a person has written to one.
    """
    for kind in side.by(lambda one: one.same):
        for group in kind.by(lambda one: one.day):
            free = [one for one in group.new if not any(together(o, one) for o in group.old)]
            by_clock = {one.clock: one for one in free if one.clock is not None}
            told = [(one, by_clock[one.clock]) for one in group.old if one.clock in by_clock]
            pairs = list(zip(in_order(group.old), in_order(free), strict=False))
            rule: Rule = "same_day" if len(group.old) == 1 else "order"
            if len(told) == len({other.id for _, other in told}) == len(group.old):
                pairs, sure = told, True
            else:
                sure = len(group.old) == len(free) and _bare(group.old, free, kind)
            for one, other in pairs:
                yield _match(one, other, rule, _SURE if sure else _POSSIBLE)


def _bare(old: Sequence[Observation], new: Sequence[Observation], kind: _Sides) -> bool:
    """Tell whether equal rows without a clock are surely the same ones.

    They came as the others went and are settled, and: there is but one of its kind, which may have
    been pending; or several of the kind vanished and all came back on their days.
    """
    if any(one.clock and other.clock for one in old for other in new):
        return False
    if any(one.pending for one in new):
        return False
    if not all(_at_once(one, other) for one in old for other in new):
        return False
    if _lonely(kind):
        return True
    marked = len(old) > 1 and any(one.marked for one in (*old, *new))
    return not marked and not any(one.pending for one in old) and _all_back(kind)


def _all_back(kind: _Sides) -> bool:
    """Tell whether several of a kind vanished together and as many appeared on the same days."""
    last = max(one.appeared for one in kind.new)
    came = [one for one in kind.new if last - one.appeared <= _ONE_READING]
    days, there = Counter(one.day for one in kind.old), Counter(one.day for one in came)
    return len(kind.old) >= _SEVERAL and days == there


def _lonely(kind: _Sides) -> bool:
    """Tell whether there is but one of its kind around, on either side."""
    return kind.kinds[kind.old[0].same] == _ONE_EACH


def _moved(side: _Sides) -> Iterator[Match]:
    """Equal but for the day, which moved by up to three days.

    The same second of another day is evidence enough of what was settled. Without a clock, a
    settled purchase that was taken back and one made anew look the same: that is asked. An
    authorisation is posted on a later day, never on an earlier one; one that was cancelled, and a
    purchase made again, begin as authorisations both, have others like them near by, or come days
    later.
    """
    for kind in side.by(lambda one: one.same):
        told = set[TransactionId]()
        for group in kind.by(lambda one: one.clock and one.clock.time()):
            for one, other, alone in group.nearest(_apart, within=MOVED):
                # Rides at one price are many, and two may begin at one second of two days.
                posted = not one.pending or (_at_once(one, other) and _lonely(kind))
                if alone and not other.pending and posted:
                    told |= {one.id, other.id}
                    yield _match(one, other, "moved", _LIKELY)
        for one, other, _ in kind.without(told).nearest(_apart, within=MOVED):
            bare = None in (one.clock, other.clock) and _at_once(one, other)
            posted = one.pending and not other.pending and one.day < other.day
            sure = bare and posted and _lonely(kind)
            yield _match(one, other, "moved", _LIKELY if sure else _POSSIBLE)


def _settled(side: _Sides) -> Iterator[Match]:
    """Find authorisations posted with other words, another day or another amount, such as a tip.

    The bank's clock at the moment of the purchase is the evidence; without it, it is suggested.
    """

    def fits(one: Observation, other: Observation) -> bool:
        return (
            _apart(one, other) and _same_place(one.words, other.words)
            and _tipped(one.signed_minor, other.signed_minor)
        )  # fmt: skip

    waiting = side.without(
        {one.id for one in side.old if not one.pending}
        | {one.id for one in side.new if one.pending}
    )
    for group in waiting.by(lambda one: (one.currency, one.signed_minor > 0)):
        for one, other, alone in group.nearest(fits, within=SETTLED):
            same_amount = one.signed_minor == other.signed_minor
            rule: Rule = "settled" if same_amount else "settled_amount"
            sure = alone and one.clock is not None and one.clock == other.clock
            yield _match(one, other, rule, _LIKELY if sure else _POSSIBLE)


def _otherwise(side: _Sides) -> Iterator[Match]:
    """Find the same words on the same day with another amount: perhaps a correction.

    It is one where the bank's clock says the same second and money still goes the same way.
    """
    for group in side.by(lambda one: (one.day, one.words)):
        for one, other, alone in group.nearest(_apart, within=timedelta()):
            same_way = one.signed_minor * other.signed_minor > 0
            at_once = one.clock is not None and one.clock == other.clock
            sure = alone and same_way and at_once and one.pending == other.pending
            if alone:
                yield _match(one, other, "corrected", _LIKELY if sure else _POSSIBLE)


def _match(one: Observation, other: Observation, rule: Rule, confidence: int) -> Match:
    # What the person wrote to both of them would have to be put together: for the person to say.
    both = one.marked and other.marked
    return Match(one, other, rule, confidence, automatic=confidence > _POSSIBLE and not both)


def _apart(one: Observation, other: Observation) -> bool:
    return not together(one, other)


def _at_once(one: Observation, other: Observation) -> bool:
    """Tell whether the one came as the other went, as far as daily readings can tell."""
    return one.present is not None and other.appeared - one.present <= _ONE_READING


def in_order(side: Iterable[Observation]) -> list[Observation]:
    """Sort equal rows by their place in the day."""
    return sorted(side, key=lambda one: (one.position, one.appeared, one.pluggy_id))


def _tipped(before: int, after: int) -> bool:
    """Tell whether what was posted is what was authorised, or somewhat more of the same sign."""
    return abs(before) <= abs(after) <= abs(before) * _TIP_PERCENT // 100


def _same_place(one: str, other: str) -> bool:
    """Tell whether two descriptions name one shop: equal, or the one begins the other."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= _ENOUGH_LETTERS and long.startswith(short))


def plain_words(description: str) -> str:
    """Fold what banks write differently for one thing: case, accents, marks, spaces.

    Digits stay, since they tell one instalment from the next.
    """
    lower = description.casefold()
    if not lower.isascii():
        parts = unicodedata.normalize("NFKD", lower)
        lower = "".join(one for one in parts if not unicodedata.combining(one))
    return _MARKS.sub(" ", lower).strip()


_MARKS = re.compile(r"[\W_]+")
