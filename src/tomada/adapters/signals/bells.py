"""The readers of one process: who waits at which channel, whatever rings there."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Bell:
    """A ring that came while nobody waited is kept for the next wait."""

    rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109  (running out of time is an answer here, not an error)
        """Return at a ring, or after *timeout* seconds."""
        try:
            await asyncio.wait_for(self.rung.wait(), timeout)
        except TimeoutError:
            return False
        self.rung.clear()
        return True


@dataclass(frozen=True, slots=True)
class Bells:
    """All bells, by channel."""

    _hung: dict[str, set[Bell]] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Name the channels somebody waits at."""
        return set(self._hung)

    @contextlib.asynccontextmanager
    async def hung(
        self, name: str, follow: Callable[[str], Awaitable[None]]
    ) -> AsyncIterator[Bell]:
        """Give a reader its bell for as long as the block goes on.

        *follow* is called when a channel has its first reader, and when its last one has gone.
        """
        bell, first = Bell(), name not in self._hung
        self._hung.setdefault(name, set()).add(bell)
        if first:
            await follow(name)
        try:
            yield bell
        finally:
            self._hung[name].discard(bell)
            if not self._hung[name]:
                del self._hung[name]
                await follow(name)

    def ring(self, name: str) -> None:
        """Wake who waits at a channel."""
        for bell in self._hung.get(name, ()):
            bell.rung.set()

    def ring_all(self) -> None:
        """Wake everybody: what was committed while nobody listened rang in vain."""
        for name in self._hung:
            self.ring(name)
