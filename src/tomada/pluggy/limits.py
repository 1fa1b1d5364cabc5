"""Stay below Pluggy's request limits, with calls that a person waits for first.

Pluggy counts per endpoint family, source address and minute: 360, and 20 for item updates. The
limits here are a little lower, so that clocks and networks that differ cause no refusal.
"""

import asyncio
import heapq
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

UPDATES = "item_updates"
_UNIFORM_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+")


class Limiter(Protocol):
    """What the client asks before each request."""

    async def acquire(self, family: str, *, interactive: bool) -> None:
        """Return when one request of *family* may be sent."""


def family_of(method: str, route: str) -> str:
    """Name the endpoint family that Pluggy counts *route* in.

    The page-numbered and the cursor list of transactions share one, and so do a list and its
    single resources; each remaining first path segment is taken as a family of its own.
    """
    parts = [part for part in route.split("/") if part and part != "v2"]
    if not parts:
        return "other"
    if method == "PATCH" and parts[0] == "items":
        return UPDATES
    if parts[0] == "investments" and parts[-1] == "transactions":
        return "investment_transactions"
    return parts[0]


def route_of(path: str) -> str:
    """Replace ids in *path*, so that it can name a metric."""
    return "/".join("{id}" if _UNIFORM_ID.fullmatch(part) else part for part in path.split("/"))


class NoLimiter:
    """Lets everything through: for a simulator, or where something else limits."""

    async def acquire(self, family: str, *, interactive: bool) -> None:
        """Return at once."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """What Pluggy's refusals asked for, so that one refused call spares the others theirs."""

    ends: dict[str, datetime] = field(default_factory=dict)

    def note(self, family: str, seconds: float, *, now: datetime) -> None:
        """Keep *family* quiet for *seconds* from now."""
        end = now + timedelta(seconds=seconds)
        self.ends[family] = max(end, self.ends.get(family, end))

    def left(self, family: str, *, now: datetime) -> float:
        """Give the seconds until *family* may be asked again; zero if it may."""
        end = self.ends.get(family)
        return 0.0 if end is None else max(0.0, (end - now).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """At most *requests* in any *seconds*; the last *reserve* of them for interactive calls."""

    requests: int = 350
    seconds: float = 60.0
    reserve: int = 8

    def __post_init__(self) -> None:
        if not 0 <= self.reserve < self.requests or self.seconds <= 0:
            raise ValueError("an allowance needs requests beyond its reserve, and a duration")


class MemoryLimiter:
    """The limits of one process, kept as the times of its latest requests.

    Counting the times themselves, where a bucket would refill evenly, lets a first sync run at
    full speed and still never passes the limit in any window.
    """

    __slots__ = ("_default", "_lanes", "_now", "_special")

    def __init__(
        self,
        *,
        default: Allowance | None = None,
        special: dict[str, Allowance] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._default = default or Allowance()
        self._special = special or {UPDATES: Allowance(requests=19, reserve=2)}
        self._now = now
        self._lanes: dict[str, _Lane] = {}

    async def acquire(self, family: str, *, interactive: bool) -> None:
        """Wait for a free place in the window; interactive callers go before the others."""
        lane = self._lanes.get(family)
        if lane is None:
            allowance = self._special.get(family, self._default)
            lane = self._lanes[family] = _Lane(allowance)
        await lane.enter(self._now, interactive=interactive)


@dataclass(order=True, slots=True)
class _Turn:
    rank: tuple[bool, int]
    moved_up: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


@dataclass(slots=True)
class _Lane:
    """One family: who was let through, and who waits. Only the first in line watches the time."""

    allowance: Allowance
    passed: deque[float] = field(default_factory=deque)
    waiting: list[_Turn] = field(default_factory=list)
    arrivals: int = 0

    async def enter(self, now: Callable[[], float], *, interactive: bool) -> None:
        self.arrivals += 1
        turn = _Turn((not interactive, self.arrivals))
        heapq.heappush(self.waiting, turn)
        try:
            while True:
                first = self.waiting[0] is turn
                wait = self._wait(now(), interactive=interactive) if first else None
                if wait == 0:
                    self.passed.append(now())
                    return
                turn.moved_up.clear()
                try:
                    await asyncio.wait_for(turn.moved_up.wait(), wait)
                except TimeoutError:
                    continue
        finally:
            self.waiting.remove(turn)
            heapq.heapify(self.waiting)
            if self.waiting:
                self.waiting[0].moved_up.set()

    def _wait(self, now: float, *, interactive: bool) -> float:
        """Give the seconds until a place is free; zero if one is."""
        while self.passed and self.passed[0] <= now - self.allowance.seconds:
            self.passed.popleft()
        places = self.allowance.requests - (0 if interactive else self.allowance.reserve)
        surplus = len(self.passed) - places
        if surplus < 0:
            return 0
        return max(self.passed[surplus] + self.allowance.seconds - now, 0.001)
