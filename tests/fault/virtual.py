"""Virtual time for the whole installation: the product sleeps by the simulated world's clock.

Time may move only when nobody can do anything without it. Everything happens in one event loop,
but for the database, which takes real time; so the world is quiet when no statement is under way
there and nothing is ready to run here, whatever locks and futures anybody waits for.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tomada.simulator import WorldClock

# Rounds of the event loop in which nothing is ready before the world counts as quiet.
_ROUNDS = 3


class StuckError(AssertionError):
    """Something waits for what will never come."""


@dataclass(slots=True, repr=False, eq=False)
class VirtualClock(WorldClock):
    """A standing clock that waits for the database, and for nothing else outside."""

    flying: int = 0
    landed: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.contextmanager
    def flight(self) -> Iterator[None]:
        """Count something that takes real time as under way."""
        self.flying += 1
        self.landed.clear()
        try:
            yield
        finally:
            self.flying -= 1
            if self.flying == 0:
                self.landed.set()

    async def settle(self, *, outside: bool = False) -> None:
        """Let everything go on until it waits for time; not *outside*, only the world."""
        if not outside:
            # A request to the world asks for this, in the middle of what the other waits for.
            await WorldClock.settle(self)
            return
        ready: Any = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]  # of asyncio's own loop
        quiet = 0
        while quiet < _ROUNDS:
            await asyncio.sleep(0)
            if self.flying:
                quiet = 0
                await self.landed.wait()
            elif ready:
                quiet = 0
            elif (gap := self._gap()) is not None and gap <= timedelta():
                quiet = 0
                self._happen()
            else:
                quiet += 1


@dataclass(frozen=True, slots=True)
class VirtualTime:
    """The product's clock and its sleep."""

    clock: VirtualClock

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.clock()

    async def sleep(self, seconds: float) -> None:
        """Wait so many virtual seconds."""
        await self.clock.sleep(seconds)

    async def drive(self, *works: Coroutine[Any, Any, Any]) -> None:
        """Do *works* at once, to their ends, moving the time where they wait for it."""
        tasks = [asyncio.create_task(work) for work in works]
        await self.wait(*tasks)
        for task in tasks:
            task.result()

    async def wait(self, *tasks: "asyncio.Task[Any]") -> None:
        """Move the time until *tasks* are done, whatever becomes of them."""
        patience = 500
        for _ in range(100_000):
            await self.clock.settle(outside=True)
            if all(task.done() for task in tasks):
                return
            gap = self.clock._gap()
            if gap is None:
                # A connection that is closed waits for the server, and no tap sees it.
                patience -= 1
                if patience == 0:
                    raise StuckError(f"nothing will ever wake {tasks}")
                await asyncio.sleep(0.01)
                continue
            await self.clock.advance(max(gap, timedelta()))
        raise StuckError(f"no end in sight for {tasks}")
