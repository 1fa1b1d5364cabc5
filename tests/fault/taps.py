"""Where a statement goes to the database: the place to die, or to lose the connection.

A tap counts statements and exchanges of the product. When its fuse has burnt down the process
"dies": this and everything it tries afterwards raises what nobody catches. Or only the
connection goes, before the statement is sent or after it was done, which the product must bear.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

import asyncpg

from tests.fault.virtual import VirtualClock
from tests.fault.wires import KilledError

# What the driver says when it gives a connection back: a connection that goes in the middle of
# that confuses the driver itself.
_TIDYING = ("ROLLBACK", "SELECT pg_advisory_unlock_all")

Kind = Literal["die", "die_after", "sever", "sever_after"]


@dataclass(slots=True)
class Tap:
    """Counts, and acts once."""

    clock: VirtualClock
    hang_up: Callable[[], None] = lambda: None
    left: int | None = None
    kind: Kind = "die"
    dead: bool = False
    passed: int = 0

    def set(self, left: int, kind: Kind) -> None:
        """Act at the *left*-th statement from now."""
        self.left, self.kind = left, kind

    def exchange(self) -> None:
        """Pass a point where the network is met; one can die there too."""
        if self.dead:
            raise KilledError
        if self.kind in ("die", "die_after") and self._burns():
            self.die()

    def die(self) -> NoReturn:
        """End the process: its connections go first, and with them what they had locked."""
        self.dead = True
        self.hang_up()
        raise KilledError

    def _burns(self) -> bool:
        self.passed += 1
        if self.left is None:
            return False
        self.left -= 1
        if self.left > 0:
            return False
        self.left = None
        return True

    async def run(self, connection: asyncpg.Connection, statement: Awaitable[Any]) -> Any:
        """Let a statement through, or not, or not its answer."""
        fires = self._burns()
        if self.dead or (fires and self.kind == "die"):
            _close(statement)
            self.die()
        if fires and self.kind == "sever":
            await _cut(connection)
        with self.clock.flight():
            try:
                answer = await statement
            except Exception:
                if self.dead:
                    raise KilledError from None
                raise
        if self.dead or (fires and self.kind == "die_after"):
            self.die()
        if fires and self.kind == "sever_after":
            await _cut(connection)
            raise asyncpg.ConnectionDoesNotExistError("connection was closed")
        return answer


async def _cut(connection: asyncpg.Connection) -> None:
    connection._transport.abort()
    # The driver hears of it in the next round.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _close(statement: Awaitable[Any]) -> None:
    close = getattr(statement, "close", None)
    if close is not None:
        close()


def tapped(tap: Tap) -> type[asyncpg.Connection]:
    """Make a class of connections that go through *tap*."""

    class Tapped(asyncpg.Connection):  # type: ignore[misc]  # the driver has no types
        async def execute(self, query: str, *args: Any, **more: Any) -> str:
            if args:
                # Those come through `_execute`.
                return str(await super().execute(query, *args, **more))
            statement = super().execute(query, **more)
            if not tap.dead and query.lstrip().startswith(_TIDYING):
                with tap.clock.flight():
                    return str(await statement)
            return str(await tap.run(self, statement))

        async def _execute(self, *args: Any, **more: Any) -> Any:
            return await tap.run(self, super()._execute(*args, **more))

        async def _executemany(self, *args: Any, **more: Any) -> Any:
            return await tap.run(self, super()._executemany(*args, **more))

    return Tapped
