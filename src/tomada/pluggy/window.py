"""The limits of one process, exact: every place given is remembered until its window has passed."""

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tomada.pluggy.limits import (
    CEILING_LASTS,
    PUBLISHED,
    SPECIAL,
    Allowance,
    ceiling_for,
    pause_for,
)
from tomada.pluggy.line import Demand, Grant, Line


@dataclass(frozen=True, slots=True)
class _Place:
    """One request let go; *share* None is an interactive one."""

    at: float
    share: str | None


@dataclass(slots=True)
class Window:
    """The rules of one endpoint family.

    The function in the database that processes share follows the same rules, and a test plays
    both against each other.
    """

    allowance: Allowance
    _places: deque[_Place] = field(default_factory=deque)
    _paused_until: float = -math.inf
    _ceiling: int | None = None
    _ceiling_until: float = -math.inf

    def grant(self, demand: Demand, *, now: float) -> Grant:
        """Give the places that are free now, to persons first, then to who had the least."""
        allowance = self.allowance.under(self._ceiling if now < self._ceiling_until else None)
        while self._places and self._places[0].at <= now - allowance.seconds:
            self._places.popleft()
        if now < self._paused_until:
            return Grant(persons=0, shares={}, wait=self._paused_until - now)
        persons = min(demand.persons, max(0, allowance.requests - len(self._places)))
        self._places.extend([_Place(now, None)] * persons)
        shares = self._share_out(demand.shares, allowance, now)
        return Grant(
            persons=persons,
            shares=shares,
            wait=self._wait(
                allowance,
                now,
                persons=demand.persons - persons,
                others=sum(demand.shares.values()) - sum(shares.values()),
            ),
        )

    def refused(self, *, seconds: float | None, limit: int | None, now: float) -> None:
        """Be silent for a while, and believe a lowered limit for longer."""
        self._paused_until = max(self._paused_until, now + pause_for(seconds))
        ceiling = ceiling_for(limit)
        if ceiling is not None:
            self._ceiling, self._ceiling_until = ceiling, now + CEILING_LASTS

    def _share_out(
        self, demand: Mapping[str, int], allowance: Allowance, now: float
    ) -> Counter[str]:
        free = allowance.requests - len(self._places)
        keep = allowance.keep(self._next_end(allowance, now) - now)
        places = min(max(0, free - keep), sum(demand.values()))
        had = Counter(one.share for one in self._places if one.share is not None)
        turns = sorted(
            (had[share] + turn, share)
            for share, wanted in demand.items()
            for turn in range(1, min(wanted, places) + 1)
        )[:places]
        self._places.extend(_Place(now, share) for _, share in turns)
        return Counter(share for _, share in turns)

    def _next_end(self, allowance: Allowance, now: float) -> float:
        """Tell when the next place ends that no person had."""
        others = (one.at for one in self._places if one.share is not None)
        return next(others, now) + allowance.seconds

    def _wait(self, allowance: Allowance, now: float, *, persons: int, others: int) -> float:
        if not persons and not others:
            return math.inf
        ends = [self._places[0].at + allowance.seconds if self._places else now]
        left = allowance.requests - len(self._places) - 1
        if others and allowance.reserve and left >= allowance.kept:
            ends.append(self._next_end(allowance, now) - allowance.step * left)
        return max(min(ends) - now, 0.001)


@dataclass(slots=True)
class _Lane:
    window: Window
    line: Line


class MemoryLimiter:
    """The limits of one process: a quiet one may burst, and no window ever holds too much."""

    __slots__ = ("_default", "_lanes", "_now", "_special")

    def __init__(
        self,
        *,
        default: Allowance = PUBLISHED,
        special: Mapping[str, Allowance] = SPECIAL,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._default = default
        self._special = special
        self._now = now
        self._lanes: dict[str, _Lane] = {}

    async def acquire(self, family: str, *, interactive: bool, share: str = "") -> None:
        """Wait for a free place in the window; interactive callers go before the others."""
        await self._lane(family).line.enter(interactive=interactive, share=share)

    async def refused(self, family: str, *, seconds: float | None, limit: int | None) -> None:
        """Keep the family quiet for as long as Pluggy asked."""
        self._lane(family).window.refused(seconds=seconds, limit=limit, now=self._now())

    def _lane(self, family: str) -> _Lane:
        lane = self._lanes.get(family)
        if lane is None:
            window = Window(self._special.get(family, self._default))

            async def ask(demand: Demand) -> Grant:
                return window.grant(demand, now=self._now())

            lane = self._lanes[family] = _Lane(window, Line(ask))
        return lane
