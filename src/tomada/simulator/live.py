"""Let things happen by themselves at a chosen pace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from tomada.simulator.bank import Bank
from tomada.simulator.clock import WorldClock

# Between two movements passes the interval, give or take half of it.
_JITTER = 0.5


@dataclass(slots=True, repr=False)
class Live:
    """The pace of one world; None stands still."""

    clock: WorldClock
    bank: Bank
    interval: float | None
    rng: Random
    _changed: "asyncio.Future[bool] | None" = field(default=None)

    def set(self, interval: float | None) -> None:
        """Change the pace from now on."""
        self.interval = interval
        if self._changed is not None and not self._changed.done():
            self._changed.set_result(True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let movements happen until left."""
        task = self.clock.spawn(self._go_on())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            self._changed = asyncio.get_running_loop().create_future()
            pause = None
            if self.interval is not None:
                pause = self.interval * self.rng.uniform(1 - _JITTER, 1 + _JITTER)
            if await self.clock.rest(self._changed, seconds=pause) is None:
                self.bank.happen()
