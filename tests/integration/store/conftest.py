"""The schema as the serving role sees it, and entities with a row in every table of theirs."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from tests.integration.store.filling import Filler
from tomada.domain.ids import EntityId
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate, open_pool
from tomada.store.tx import Store

Person = Callable[[], Awaitable[EntityId]]


@pytest.fixture
async def migrated(emptied: EmbeddedCluster) -> EmbeddedCluster:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    return emptied


@pytest.fixture
async def store(migrated: EmbeddedCluster) -> AsyncIterator[Store]:
    async with open_pool(migrated.app_url) as pool:
        yield Store(pool)


@pytest.fixture
async def app(migrated: EmbeddedCluster) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the role that serves."""
    connection = await asyncpg.connect(migrated.app_url, server_settings={"search_path": "tomada"})
    yield connection
    await connection.close()


@pytest.fixture
async def filler(migrated: EmbeddedCluster) -> AsyncIterator[Filler]:
    """Puts rows into every table, whatever tables there are."""
    connection = await asyncpg.connect(
        migrated.owner_url, server_settings={"search_path": "tomada"}
    )
    yield Filler(connection)
    await connection.close()
