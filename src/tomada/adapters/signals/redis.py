"""Ringing by Redis, after the commit; and the live channel that products of the guide listen to.

Redis may lose anything: a reader looks every two seconds all the same, so a lost ring costs seconds.
What could not be published is kept in a short line and published when Redis is back.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from uuid import UUID

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from tomada.adapters.signals.bells import Bell, Bells
from tomada.domain.feed import Ring, channel
from tomada.telemetry import log

_RETRY_AFTER = 1.0
_LOOK_EVERY = 1.0
_ALIVE_EVERY = 10
_PATIENCE = 5.0
_KEPT = 10_000
_LOST = (RedisError, OSError, TimeoutError)
_ALWAYS = "tomada_alive"
"""A subscription of nobody's, so that the connection has one and is read."""


def live_channel(entity: UUID) -> str:
    """Name the channel on which products hear of new movements."""
    return f"transactions.new:entity:{entity}"


def live_message(ring: Ring) -> bytes:
    """Write what is said there, in the guide's shape."""
    at = ring.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    told = {"count": ring.new, "source": "pluggy_webhook", "timestamp": at}
    return msgspec.json.encode(told)


@dataclass(eq=False, slots=True)
class RedisSignals:
    """One connection to hear and one to speak; both are regained when they are lost."""

    url: str = field(repr=False)
    _bells: Bells = field(default_factory=Bells)
    _line: asyncio.Queue[Ring] = field(default_factory=lambda: asyncio.Queue(_KEPT))
    _heard: PubSub | None = None
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def ring(self, rings: Sequence[Ring]) -> None:
        """Have these commits told; waits for nothing. The oldest go first where it is too much."""
        for one in rings:
            if self._line.full():
                self._line.get_nowait()
            self._line.put_nowait(one)

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Keep both connections; while Redis is away readers live on their own looking."""
        tasks = [
            asyncio.create_task(self._keep("speak")),
            asyncio.create_task(self._keep("hear")),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, what: str) -> None:
        while True:
            try:
                # Whoever tries again by itself would not tell us that it was away meanwhile.
                async with Redis.from_url(
                    self.url,
                    retry=Retry(NoBackoff(), 0),
                    health_check_interval=_ALIVE_EVERY,
                    socket_connect_timeout=_PATIENCE,
                    socket_timeout=_PATIENCE,
                ) as redis:
                    await (self._speak(redis) if what == "speak" else self._hear(redis))
            except _LOST:
                log.warning("signals_lost", kind=what)
            await asyncio.sleep(_RETRY_AFTER)

    async def _speak(self, redis: Redis) -> None:
        while True:
            one = await self._line.get()
            try:
                async with redis.pipeline(transaction=False) as pipeline:
                    pipeline.publish(channel(one.entity), b"")
                    if one.new:
                        pipeline.publish(live_channel(one.entity), live_message(one))
                    await pipeline.execute()
            except _LOST:
                self.ring([one])
                raise

    async def _hear(self, redis: Redis) -> None:
        heard = redis.pubsub(ignore_subscribe_messages=True)
        try:
            async with self._changing:
                await heard.subscribe(_ALWAYS, *self._bells.names())
                self._heard = heard
            self._bells.ring_all()
            while True:
                message = await heard.get_message(timeout=_LOOK_EVERY)
                if message is not None and message["type"] == "message":
                    self._bells.ring(message["channel"].decode())
        finally:
            self._heard = None
            with contextlib.suppress(*_LOST):
                await heard.aclose()  # type: ignore[no-untyped-call]

    @contextlib.asynccontextmanager
    async def listen(self, entity: UUID) -> AsyncIterator[Bell]:
        """Hear the rings of one entity."""
        async with self._bells.hung(channel(entity), self._follow) as bell:
            yield bell

    async def _follow(self, name: str) -> None:
        async with self._changing:
            heard = self._heard
            if heard is None:
                return
            with contextlib.suppress(*_LOST):
                # Another reader may have come or gone while the lock was waited for.
                if name in self._bells.names():
                    await heard.subscribe(name)
                else:
                    await heard.unsubscribe(name)
