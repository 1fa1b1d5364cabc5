"""Processes and their callers in virtual time, on one allowance."""

import heapq
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.pluggy.line import Demand, Grant

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Caller:
    """Asks from second *at* on, *calls* times, each as soon as the one before was answered."""

    at: float
    process: int = 0
    share: str = ""
    calls: float = math.inf
    interactive: bool = False


@dataclass(slots=True)
class Timeline:
    """Every process asks when somebody new waits there, and when it was told to."""

    pool: asyncpg.Pool
    family: str
    now: datetime = START
    passed: list[float] = field(default_factory=list)
    waits: dict[tuple[str, bool], list[float]] = field(default_factory=lambda: defaultdict(list))
    grants: list[tuple[float, str, int]] = field(default_factory=list)
    asked: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    _number: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    async def run(self, callers: Iterable[Caller], *, seconds: float, **limiter: Any) -> None:
        """Let the *callers* live for so many seconds."""
        limiters: dict[int, PostgresLimiter] = {}
        waiting: dict[int, list[tuple[float, Caller, float]]] = defaultdict(list)
        events: list[tuple[float, int, int, tuple[Caller, float] | None]] = []
        wakes: dict[int, float] = {}

        def plan(at: float, process: int, arrival: tuple[Caller, float] | None) -> None:
            heapq.heappush(events, (at, next(self._number), process, arrival))

        for one in callers:
            plan(one.at, one.process, (one, one.calls))
        while events and events[0][0] < seconds:
            at, _, process, arrival = heapq.heappop(events)
            if arrival is not None:
                waiting[process].append((at, *arrival))
            if not waiting[process] or (arrival is None and wakes[process] != at):
                continue
            self.now = START + timedelta(seconds=at)
            if process not in limiters:
                limiters[process] = PostgresLimiter(
                    pool=self.pool, clock=lambda: self.now, **limiter
                )
            grant = await limiters[process].take(self.family, _demand(waiting[process]))
            self.asked += 1
            others = len({c.share for each in waiting.values() for _, c, _ in each})
            for since, caller, calls in _admitted(waiting[process], grant):
                self.passed.append(at)
                self.grants.append((at, caller.share, others))
                self.waits[caller.share, caller.interactive].append(at - since)
                if calls > 1:
                    again = at + self.rng.uniform(0.05, 0.3)
                    plan(again, process, (caller, calls - 1))
            if waiting[process] and math.isfinite(grant.wait):
                wakes[process] = at + grant.wait
                plan(wakes[process], process, None)


def _demand(waiting: list[tuple[float, Caller, float]]) -> Demand:
    return Demand(
        persons=sum(c.interactive for _, c, _ in waiting),
        shares=Counter(c.share for _, c, _ in waiting if not c.interactive),
    )


def _admitted(
    waiting: list[tuple[float, Caller, float]], grant: Grant
) -> list[tuple[float, Caller, float]]:
    persons, shares, admitted = grant.persons, dict(grant.shares), []
    for one in list(waiting):
        caller = one[1]
        if caller.interactive and persons:
            persons -= 1
        elif not caller.interactive and shares.get(caller.share):
            shares[caller.share] -= 1
        else:
            continue
        waiting.remove(one)
        admitted.append(one)
    return admitted
