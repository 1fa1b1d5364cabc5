"""Both ways to ring, each with its ways to fail."""

import asyncio
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from tests.integration.path.connecting import eventually
from tomada.adapters.signals.postgres import PostgresSignals
from tomada.adapters.signals.redis import RedisSignals
from tomada.domain.clock import utc_now
from tomada.domain.ids import EntityId
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate, open_pool
from tomada.store.feed import FeedRows
from tomada.store.keys import KeyRows
from tomada.store.tx import Store

NO_REDIS = "there is no redis-server on this machine (Debian: apt-get install redis-server)"


@dataclass(slots=True)
class RedisServer:
    """A server of the test's own, on loopback, that keeps nothing on disk."""

    folder: Path
    port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", str(self.folder),
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

        async def answers() -> bool:
            async with Redis.from_url(self.url) as redis:
                with contextlib.suppress(Exception):
                    return bool(await redis.exists("x") == 0)
            return False

        await eventually(answers)

    async def stop(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def flush(self) -> None:
        async with Redis.from_url(self.url) as redis:
            await redis.flushall()
            await redis.script_flush()
            await redis.client_kill_filter(skipme=True, _type="pubsub")


@dataclass(frozen=True, slots=True)
class Bench:
    """One way to ring: a writer's store, readers' signals, and what can happen between them."""

    store: Store
    open: Callable[[], Any]
    lose_connections: Callable[[], Awaitable[None]]
    outage: Callable[[], contextlib.AbstractAsyncContextManager[None]]
    url: str
    entities: list[EntityId] = field(default_factory=list)

    async def entity(self) -> EntityId:
        made = EntityId(uuid4())
        async with self.store.begin(made) as tx:
            await KeyRows(tx).add_entity_row(at=utc_now())
        return made

    async def tell(self, entity: UUID, *, new: int = 1) -> None:
        """Commit one feed entry."""
        async with self.store.begin(EntityId(entity)) as tx:
            await FeedRows(tx).append([("transactions.new", {"count": new})], at=utc_now())


@pytest.fixture(params=["postgres", "redis"])
async def bench(
    request: pytest.FixtureRequest, emptied: EmbeddedCluster, tmp_path: Path
) -> AsyncIterator[Bench]:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(open_pool(emptied.app_url))
        if request.param == "postgres":
            yield _by_postgres(pool, emptied.app_url)
        elif shutil.which("redis-server") is None:
            pytest.skip(NO_REDIS)
        else:
            with socket.create_server(("127.0.0.1", 0)) as free:
                server = RedisServer(tmp_path, free.getsockname()[1])
            await server.start()
            stack.push_async_callback(server.stop)
            speaking = RedisSignals(server.url)
            await stack.enter_async_context(speaking.run())
            yield _by_redis(Store(pool, speaking.ring), server)


def _by_postgres(pool: Any, url: str) -> Bench:
    async def lose() -> None:
        await pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'tomada signals'"
        )

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        """Cut off every listener again and again."""

        async def cutting() -> None:
            while True:
                await lose()
                await asyncio.sleep(0.02)

        task = asyncio.create_task(cutting())
        try:
            yield
        finally:
            task.cancel()

    return Bench(Store(pool), lambda: PostgresSignals(url), lose, outage, url)


def _by_redis(store: Store, server: RedisServer) -> Bench:
    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        await server.stop()
        try:
            yield
        finally:
            await server.start()

    return Bench(store, lambda: RedisSignals(server.url), server.flush, outage, server.url)
