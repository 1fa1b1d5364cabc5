"""While the database is away nothing goes out, and afterwards everything goes on."""

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.store.embedded import EmbeddedCluster

_NAME = ".s.PGSQL.5432"


class Wire:
    """A socket before the database's own, which the test can cut and mend."""

    def __init__(self, directory: Path, behind: Path) -> None:
        self.directory = directory
        self._behind = behind
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_unix_server(self._join, self.directory / _NAME)

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        (self.directory / _NAME).unlink(missing_ok=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._behind)
        self._open |= {writer, far_writer}
        async with asyncio.TaskGroup() as both:
            both.create_task(self._carry(reader, far_writer))
            both.create_task(self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(65536):
                writer.write(part)
                await writer.drain()
        writer.transport.abort()


async def test_a_database_that_is_away_stops_every_call_until_it_is_back(
    emptied: EmbeddedCluster, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    assert pool.get_size() > 0
    wire = Wire(tmp_path, emptied.socket_dir / _NAME)
    await wire.mend()
    url = emptied.app_url.replace(
        quote(str(emptied.socket_dir), safe=""), quote(str(tmp_path), safe="")
    ).replace(str(emptied.socket_dir), str(tmp_path))
    tries = asyncio.Semaphore(0)

    async def sleep(seconds: float) -> None:
        tries.release()
        await asyncio.sleep(min(seconds, 0.02))

    async with asyncpg.create_pool(
        url, min_size=1, max_size=2, server_settings={"search_path": "tomada"}
    ) as through:
        limiter = PostgresLimiter(pool=through, sleep=sleep)
        await limiter.acquire("items", interactive=False)
        await wire.cut()
        calls = [
            asyncio.create_task(limiter.acquire("items", interactive=n % 2 == 0)) for n in range(4)
        ]
        for _ in range(20):
            await tries.acquire()
        early = [call.done() for call in calls]
        await wire.mend()
        await asyncio.wait_for(asyncio.gather(*calls), 30)
        await wire.cut()

    assert early == [False] * 4


async def test_a_limiter_whose_pool_was_closed_says_so(
    emptied: EmbeddedCluster, pool: asyncpg.Pool
) -> None:
    assert pool.get_size() > 0
    other = await asyncpg.create_pool(emptied.app_url, min_size=1)
    limiter = PostgresLimiter(pool=other)
    await other.close()

    with pytest.raises(asyncpg.InterfaceError):
        await limiter.acquire("items", interactive=False)
