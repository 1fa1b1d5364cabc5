"""The time of one world: it goes with a clock or stands still, and it can be moved.

Everything in the world that waits, waits here. A clock that stands moves only by `advance`, which
lets what falls due happen one thing after the other, each to its end, so that equal calls give
equal worlds. A clock that goes can be moved as well; it then goes on from the later time.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, TypeVar

T = TypeVar("T")

# Rounds of the event loop in which nothing may stir before the world counts as quiet.
_ROUNDS = 3
# Real seconds between looks at a receiver that has not answered yet.
_LOOK = 0.002
_MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True, repr=False, order=True)
class _Sleeper:
    """Somebody who waits; told None when the time has come."""

    deadline: int
    number: int
    wake: "asyncio.Future[Any]" = field(compare=False)
    task: "asyncio.Task[Any] | None" = field(compare=False)


@dataclass(slots=True, repr=False, eq=False)
class _Plan:
    """Work that says itself when it is due."""

    next_due: Callable[[], datetime | None]
    act: Callable[[], object]
    # The due instant at which *act* was called and found nothing to do.
    idle_at: datetime | None = None


@dataclass(slots=True, repr=False, eq=False)
class WorldClock:
    """Tell the time when called. Make one with `going` or `standing`; one world uses it."""

    source: Callable[[], datetime]
    still: bool
    _offset: timedelta = timedelta()
    _sleepers: list[_Sleeper] = field(default_factory=list)
    _plans: list[_Plan] = field(default_factory=list)
    _count: int = 0
    # Tasks of the world that are not waiting for time or for a person.
    _inside: "set[asyncio.Task[Any]]" = field(default_factory=set)
    # The same for those that talk to receivers, which take as long as they like.
    _outside: "set[asyncio.Task[Any]]" = field(default_factory=set)
    _homes: "dict[asyncio.Task[Any], set[asyncio.Task[Any]]]" = field(default_factory=dict)
    _alarm: asyncio.TimerHandle | None = None
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def going(cls, source: Callable[[], datetime]) -> "WorldClock":
        """Go with *source*; waits take as long as they say."""
        return cls(source, still=False)

    @classmethod
    def standing(cls, start: datetime) -> "WorldClock":
        """Stand at *start*, an aware instant, until moved."""
        return cls(lambda: start, still=True)

    def __call__(self) -> datetime:
        """Tell the time of the world."""
        return self.source() + self._offset

    def spawn(
        self, work: Coroutine[Any, Any, None], *, outside: bool = False
    ) -> asyncio.Task[None]:
        """Start work that belongs to the world; *outside* when it waits for other machines."""
        task = asyncio.get_running_loop().create_task(work)
        self._homes[task] = self._outside if outside else self._inside
        self._homes[task].add(task)
        task.add_done_callback(self._ended)
        return task

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds of this clock; zero lets others have their turn."""
        if seconds <= 0:
            await asyncio.sleep(0)
        else:
            await self.rest(asyncio.get_running_loop().create_future(), seconds=seconds)

    async def rest(self, wake: "asyncio.Future[T]", *, seconds: float | None = None) -> T | None:
        """Wait for *wake*; None when *seconds* of this clock pass first."""
        task = asyncio.current_task()
        if seconds is not None:
            self._count += 1
            deadline = self._elapsed() + round(seconds * 1_000_000)
            heappush(self._sleepers, _Sleeper(deadline, self._count, wake, task))
            self._arm()
        home = self._homes.get(task) if task is not None else None
        if task is None or home is None:
            return await wake
        home.discard(task)
        wake.add_done_callback(lambda _: self._woken(task))
        try:
            return await wake
        finally:
            self._woken(task)

    @asynccontextmanager
    async def keeping(
        self, next_due: Callable[[], datetime | None], act: Callable[[], object], *, period: float
    ) -> AsyncIterator[None]:
        """Call *act* when what *next_due* tells has come, until left.

        A clock that goes looks every *period* real seconds; any clock looks when it is moved.
        """
        plan = _Plan(next_due, act)
        self._plans.append(plan)
        looking = None
        if not self.still:
            looking = asyncio.get_running_loop().create_task(_look(act, period))
        try:
            yield
        finally:
            self._plans.remove(plan)
            if looking is not None:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)

    async def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Move the time forward and let everything on the way happen; give the new time.

        *parts* are those of a `timedelta`: `advance(days=1, hours=2)`. Back it never goes.
        """
        way = (by or timedelta()) + timedelta(**parts)
        if way < timedelta():
            raise ValueError("time goes forward only")
        async with self._moving:
            await self.settle(outside=True)
            end = self._offset + way
            while (gap := self._gap()) is not None and gap <= end - self._offset:
                self._offset += max(gap, timedelta())
                self._happen()
                await self.settle(outside=True)
            self._offset = end
            await self.settle(outside=True)
            self._arm()
        return self()

    async def settle(self, *, outside: bool = False) -> None:
        """Let what is under way or due now come to its end or to its next wait.

        With *outside* the receivers of events are waited for as well.
        """
        quiet = 0
        while quiet < _ROUNDS:
            await asyncio.sleep(0)
            if self._inside:
                quiet = 0
            elif outside and self._outside:
                quiet = 0
                await asyncio.sleep(_LOOK)
            elif self.still and (gap := self._gap()) is not None and gap <= timedelta():
                quiet = 0
                self._happen()
            else:
                quiet += 1

    def _elapsed(self) -> int:
        passed = self._offset // _MICROSECOND
        return (
            passed if self.still else passed + round(asyncio.get_running_loop().time() * 1_000_000)
        )

    def _gap(self) -> timedelta | None:
        """Tell how far away the next thing is."""
        gaps = [due - self() for plan in self._plans if (due := _due(plan)) is not None]
        sleeper = self._first()
        if sleeper is not None:
            gaps.append(timedelta(microseconds=sleeper.deadline - self._elapsed()))
        return min(gaps, default=None)

    def _happen(self) -> None:
        """Let one thing that is due happen."""
        sleeper = self._first()
        if sleeper is not None and sleeper.deadline <= self._elapsed():
            self._ring(heappop(self._sleepers))
            return
        now = self()
        for plan in self._plans:
            due = _due(plan)
            if due is not None and due <= now:
                plan.act()
                # What stays due although it was looked after must not stop the time.
                plan.idle_at = due if plan.next_due() == due else None
                return

    def _first(self) -> _Sleeper | None:
        while self._sleepers and self._sleepers[0].wake.done():
            heappop(self._sleepers)
        return self._sleepers[0] if self._sleepers else None

    def _ring(self, sleeper: _Sleeper) -> None:
        if not sleeper.wake.done():
            sleeper.wake.set_result(None)
            if sleeper.task is not None:
                self._woken(sleeper.task)

    def _woken(self, task: "asyncio.Task[Any]") -> None:
        home = self._homes.get(task)
        if home is not None and not task.done():
            home.add(task)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._homes.pop(task, set()).discard(task)

    def _arm(self) -> None:
        """See that a clock that goes rings by itself."""
        if self.still:
            return
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        sleeper = self._first()
        if sleeper is not None:
            left = max(0, sleeper.deadline - self._elapsed()) / 1_000_000
            self._alarm = asyncio.get_running_loop().call_later(left, self._ring_due)

    def _ring_due(self) -> None:
        while (sleeper := self._first()) is not None and sleeper.deadline <= self._elapsed():
            self._ring(heappop(self._sleepers))
        self._arm()


def world_clock(source: Callable[[], datetime]) -> WorldClock:
    """Give the clock of a world: *source* itself when it is one, else one that goes with it."""
    return source if isinstance(source, WorldClock) else WorldClock.going(source)


def _due(plan: _Plan) -> datetime | None:
    due = plan.next_due()
    return None if due == plan.idle_at else due


async def _look(act: Callable[[], object], period: float) -> None:
    while True:
        await asyncio.sleep(period)
        act()
