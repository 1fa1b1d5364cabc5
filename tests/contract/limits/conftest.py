"""A migrated database, and both limiters behind one shape."""

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.pluggy import Allowance, MemoryLimiter
from tomada.ports import RateLimiter
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate

# Makes a limiter for so many requests in so many seconds.
Make = Callable[[int, float], RateLimiter]


@pytest.fixture
async def pool(emptied: EmbeddedCluster) -> AsyncIterator[asyncpg.Pool]:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    # What these tests count does not have to outlive the server.
    settings = {"search_path": "tomada", "synchronous_commit": "off"}
    async with asyncpg.create_pool(
        emptied.app_url, min_size=1, max_size=4, server_settings=settings
    ) as opened:
        yield opened


@pytest.fixture(params=["memory", "postgres"])
def make(request: pytest.FixtureRequest) -> Make:
    def allowance(requests: int, seconds: float) -> Allowance:
        return Allowance(requests=requests, seconds=seconds, reserve=2)

    if request.param == "memory":
        return lambda requests, seconds: MemoryLimiter(default=allowance(requests, seconds))
    pool: asyncpg.Pool = request.getfixturevalue("pool")

    return lambda requests, seconds: PostgresLimiter(
        pool=pool, default=allowance(requests, seconds)
    )
