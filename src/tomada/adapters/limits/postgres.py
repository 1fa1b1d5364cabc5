"""One allowance for all processes of an installation, counted in the database.

A function in the database asks and takes in one round trip, for all who wait in this process at
once; its rules are those of ``tomada.pluggy.window``. The database's clock is everybody's, so
processes need not agree on the time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid4

import asyncpg

from tomada.pluggy.limits import (
    CEILING_LASTS,
    PUBLISHED,
    SPECIAL,
    Allowance,
    ceiling_for,
    pause_for,
)
from tomada.pluggy.line import Demand, Grant, Line
from tomada.telemetry import log

_TAKE = "SELECT * FROM take_places($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_PAUSE = "SELECT pause_places($1, $2, $3, $4, $5)"
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    # The driver's own confusion, when the server dies while a connection is given back.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)
_PATIENCE = 10.0
_RETRY_AFTER = 1.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresLimiter:
    """Asks the database before requests go out, and waits while it does not answer.

    Interactive calls go first, in whatever process they wait; among the others, in all processes
    together, who waits under the share that had the least in this window. A process that dies
    while it waits holds up nobody for longer than it was told to wait.

    The *clock* is the database's own where none is given.
    """

    pool: asyncpg.Pool
    default: Allowance = PUBLISHED
    special: Mapping[str, Allowance] = field(default_factory=lambda: SPECIAL)
    clock: Callable[[], datetime] | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    process: UUID = field(default_factory=uuid4)
    lines: dict[str, Line] = field(default_factory=dict)

    async def acquire(self, family: str, *, interactive: bool, share: str = "") -> None:
        """Return when one request of *family* may be sent; waits for as long as it takes."""
        line = self.lines.get(family)
        if line is None:

            async def ask(demand: Demand) -> Grant:
                return await self._patiently(lambda: self.take(family, demand), family)

            line = self.lines[family] = Line(ask, self.sleep)
        await line.enter(interactive=interactive, share=share)

    async def take(self, family: str, demand: Demand) -> Grant:
        """Ask once; raises what the driver raises."""
        allowance = self.special.get(family, self.default)
        shares = list(demand.shares)
        row = await self.pool.fetchrow(
            _TAKE,
            family,
            self.process,
            demand.persons,
            shares,
            [demand.shares[one] for one in shares],
            allowance.requests,
            allowance.seconds,
            allowance.reserve,
            self._now(),
            timeout=_PATIENCE,
        )
        granted = dict(zip(shares, row["granted"], strict=True))
        wait = float("inf") if row["wait"] is None else row["wait"]
        return Grant(persons=row["persons"], shares=granted, wait=wait)

    async def refused(self, family: str, *, seconds: float | None, limit: int | None) -> None:
        """Silence the family in all processes for as long as Pluggy asked."""
        pause = pause_for(seconds)
        log.warning("pluggy_refused", kind=family, seconds=pause)

        async def write() -> None:
            await self.pool.execute(
                _PAUSE, family, pause, ceiling_for(limit), CEILING_LASTS, self._now(),
                timeout=_PATIENCE,
            )  # fmt: skip

        await self._patiently(write, family)

    def _now(self) -> datetime | None:
        return None if self.clock is None else self.clock()

    async def _patiently(self, work: Callable[[], Awaitable[T]], family: str) -> T:
        """Do it once the database answers."""
        away = False
        while True:
            try:
                return await work()
            except _AWAY:
                # A closed pool is our own end; it must not look like a server that comes back.
                if self.pool.is_closing():
                    raise
                if not away:
                    log.warning("limits_lost", kind=family)
                away = True
                await self.sleep(_RETRY_AFTER)
