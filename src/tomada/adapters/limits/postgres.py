"""One allowance for all processes of an installation, kept as one row for each endpoint family.

The row holds the instant until which the allowance is spent (the generic cell rate algorithm): a
request moves it one interval on, and may go while it is less than a burst ahead of now. One
statement asks and takes, and the database's clock is everybody's, so processes need not agree on
the time. Requests are spread evenly, hence a person waits an interval, not a window.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import asyncpg

from tomada.pluggy.limits import UPDATES
from tomada.telemetry import log

# A row that is not there stands for an allowance nobody has used. An end further ahead than
# booking allows is a clock that was set back, and does not hold.
_TAKE = """
INSERT INTO allowances AS a (family, free_at, slot, granted)
VALUES ($1, coalesce($6, now()) + $2, coalesce($6, now()), true)
ON CONFLICT (family) DO UPDATE SET
  slot = greatest(
    coalesce($6, now()), least(a.free_at, coalesce($6, now()) + $5::interval) - $3::interval),
  granted = least(a.free_at, coalesce($6, now()) + $5) - $3 <= coalesce($6, now()) + $4::interval,
  free_at = CASE
    WHEN least(a.free_at, coalesce($6, now()) + $5) - $3 <= coalesce($6, now()) + $4
    THEN greatest(coalesce($6, now()), least(a.free_at, coalesce($6, now()) + $5)) + $2::interval
    ELSE least(a.free_at, coalesce($6, now()) + $5) END
RETURNING granted, slot, slot - coalesce($6::timestamptz, now()) AS wait
"""
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)
_PATIENCE = 10.0
_RETRY_AFTER = 1.0
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAllowance:
    """At most *requests* in any *seconds*.

    *burst* of them may go at once after a quiet time, which takes as many off the steady use: a
    window holds a burst and everything that becomes free in it. The last *reserve* of a burst
    are for interactive calls.
    """

    requests: int = 350
    seconds: float = 60.0
    burst: int = 6
    reserve: int = 2

    def __post_init__(self) -> None:
        if not 0 <= self.reserve < self.burst < self.requests or self.seconds <= 0:
            raise ValueError("an allowance needs a burst beyond its reserve, and a duration")

    @property
    def interval(self) -> timedelta:
        """The time in which one request becomes free, rounded up to what the database can hold."""
        steady = self.requests - self.burst
        return timedelta(microseconds=math.ceil(self.seconds * 1_000_000 / steady))

    def tolerance(self, *, interactive: bool) -> timedelta:
        """Give how far the allowance may be spent ahead of now."""
        return self.interval * (self.burst - 1 - (0 if interactive else self.reserve))


PUBLISHED = SharedAllowance()
PUBLISHED_UPDATES = SharedAllowance(requests=19, burst=4, reserve=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the row says: go at *slot*, or ask again; either after *wait* seconds."""

    granted: bool
    slot: datetime
    wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresLimiter:
    """Asks the database before each request, and waits while it does not answer.

    Interactive calls book the next place and wait for it, so nothing else gets in front of them,
    in whatever process. The others take a place only when it is free now; in each process they
    stand in line and the first one asks. A booked place is lost when its call is cancelled.

    The *clock* is the database's own where none is given.
    """

    pool: asyncpg.Pool
    default: SharedAllowance = PUBLISHED
    special: dict[str, SharedAllowance] = field(
        default_factory=lambda: {UPDATES: PUBLISHED_UPDATES}
    )
    clock: Callable[[], datetime] | None = None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    lines: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def acquire(self, family: str, *, interactive: bool) -> None:
        """Return when one request of *family* may be sent; waits for as long as it takes."""
        if interactive:
            await self._pass(family, interactive=True)
            return
        async with self.lines.setdefault(family, asyncio.Lock()):
            await self._pass(family, interactive=False)

    async def take(self, family: str, *, interactive: bool) -> Turn:
        """Ask once; raises what the driver raises."""
        allowance = self.special.get(family, self.default)
        window = timedelta(seconds=allowance.seconds)
        row = await self.pool.fetchrow(
            _TAKE,
            family,
            allowance.interval,
            allowance.tolerance(interactive=interactive),
            window if interactive else _NO_TIME,
            window + allowance.interval * allowance.burst,
            None if self.clock is None else self.clock(),
            timeout=_PATIENCE,
        )
        wait: timedelta = row["wait"]
        if interactive and not row["granted"]:
            # The line is longer than can be booked ahead.
            wait -= window
        return Turn(row["granted"], row["slot"], max(0.0, wait.total_seconds()))

    async def _pass(self, family: str, *, interactive: bool) -> None:
        away = False
        while True:
            try:
                turn = await self.take(family, interactive=interactive)
            except _AWAY:
                # A closed pool is our own end; it must not look like a server that comes back.
                if self.pool.is_closing():
                    raise
                if not away:
                    log.warning("limits_lost", kind=family)
                away = True
                await self.sleep(_RETRY_AFTER)
                continue
            if turn.wait > 0:
                await self.sleep(turn.wait)
            if turn.granted:
                return
