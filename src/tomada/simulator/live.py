"""Let things happen by themselves at a chosen pace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from tomada.simulator.bank import Bank

# Between two movements passes the interval, give or take half of it.
_JITTER = 0.5


@dataclass(slots=True, repr=False)
class Live:
    """The pace of one world; None stands still."""

    bank: Bank
    interval: float | None
    rng: Random
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def set(self, interval: float | None) -> None:
        """Change the pace from now on."""
        self.interval = interval
        self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let movements happen until left."""
        task = asyncio.get_running_loop().create_task(self._go_on())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            self._changed.clear()
            pause = None
            if self.interval is not None:
                pause = self.interval * self.rng.uniform(1 - _JITTER, 1 + _JITTER)
            try:
                async with asyncio.timeout(pause):
                    await self._changed.wait()
            except TimeoutError:
                self.bank.happen()
