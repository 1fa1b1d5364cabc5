"""Ringing by LISTEN/NOTIFY: the ring is part of the transaction and heard at its commit."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from tomada.adapters.signals.bells import Bell, Bells
from tomada.domain.feed import channel
from tomada.telemetry import log

_RETRY_AFTER = 1.0
_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
_ALIVE_EVERY = 10.0


@dataclass(eq=False, slots=True)
class PostgresSignals:
    """One listening connection of the process, shared by all its readers."""

    url: str
    _bells: Bells = field(default_factory=Bells)
    _connection: asyncpg.Connection | None = None
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Keep the connection; while it is lost readers live on their own looking."""
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper

    async def _keep(self) -> None:
        while True:
            try:
                await self._connected()
            except _LOST:
                log.warning("signals_lost")
            await asyncio.sleep(_RETRY_AFTER)

    async def _connected(self) -> None:
        connection = await asyncpg.connect(
            self.url, server_settings={"application_name": "tomada signals"}
        )
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _connection: lost.set())
        try:
            async with self._changing:
                self._connection = connection
                for name in self._bells.names():
                    await connection.add_listener(name, self._ring)
            self._bells.ring_all()
            while not lost.is_set():
                try:
                    await asyncio.wait_for(lost.wait(), _ALIVE_EVERY)
                except TimeoutError:
                    async with self._changing:
                        await connection.execute("SELECT 1", timeout=_ALIVE_EVERY)
        finally:
            self._connection = None
            with contextlib.suppress(*_LOST):
                await connection.close(timeout=1)

    def _ring(self, _connection: Any, _pid: int, name: str, _payload: object) -> None:
        self._bells.ring(name)

    @contextlib.asynccontextmanager
    async def listen(self, entity: UUID) -> AsyncIterator[Bell]:
        """Hear the rings of one entity."""
        async with self._bells.hung(channel(entity), self._follow) as bell:
            yield bell

    async def _follow(self, name: str) -> None:
        async with self._changing:
            connection = self._connection
            if connection is None:
                return
            with contextlib.suppress(*_LOST):
                # Another reader may have come or gone while the lock was waited for.
                if name in self._bells.names():
                    await connection.add_listener(name, self._ring)
                else:
                    await connection.remove_listener(name, self._ring)
