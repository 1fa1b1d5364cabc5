import asyncio
from pathlib import Path

import asyncpg
import pytest
import structlog

from tomada.domain.errors import StoreUnavailableError
from tomada.store.embedded import EmbeddedCluster, embedded_postgres
from tomada.store.engine import migrate, open_pool
from tomada.store.tx import Store


async def _shape(url: str) -> list[tuple[str, str, str]]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT table_name, column_name, udt_name FROM information_schema.columns"
            " WHERE table_schema = 'tomada' ORDER BY 1, 2"
        )
        return [tuple(row) for row in rows]
    finally:
        await connection.close()


async def test_migrating_again_changes_nothing(migrated: EmbeddedCluster) -> None:
    before = await _shape(migrated.owner_url)

    await migrate(migrated.owner_url, app_url=migrated.app_url)

    assert before
    assert await _shape(migrated.owner_url) == before


async def test_programs_that_start_together_on_a_new_database_migrate_once(tmp_path: Path) -> None:
    log = structlog.get_logger("tests")
    async with embedded_postgres(tmp_path / "data", log=log) as cluster:
        await asyncio.gather(
            *(migrate(cluster.owner_url, app_url=cluster.app_url) for _ in range(3))
        )
        async with open_pool(cluster.app_url) as pool:
            await Store(pool).ping()
            versions = await pool.fetchval(
                "SELECT count(*) FROM pg_class WHERE relname = 'transactions'"
            )

    assert versions == 1


async def test_a_migration_waits_for_one_that_goes_on(migrated: EmbeddedCluster) -> None:
    other = await asyncpg.connect(migrated.owner_url)
    await other.execute("SELECT pg_advisory_lock(7084301956)")

    second = asyncio.create_task(migrate(migrated.owner_url, app_url=migrated.app_url))
    done, _ = await asyncio.wait([second], timeout=1)
    await other.close()
    await asyncio.wait_for(second, 30)

    assert not done


async def test_a_database_that_is_not_there_is_said_to_be_unavailable(tmp_path: Path) -> None:
    nowhere = f"postgresql://somebody:x@/tomada?host={tmp_path}"

    with pytest.raises(StoreUnavailableError):
        await migrate(nowhere, app_url=nowhere)
    with pytest.raises(StoreUnavailableError):
        async with open_pool(nowhere):
            pass


async def test_a_wrong_password_is_said_to_be_unavailable(migrated: EmbeddedCluster) -> None:
    scheme, _, rest = migrated.app_url.partition("://")
    user, _, place = rest.partition(":")
    wrong = f"{scheme}://{user}:wrong@{place.partition('@')[2]}"

    with pytest.raises(StoreUnavailableError):
        await migrate(wrong, app_url=wrong)
    with pytest.raises(StoreUnavailableError):
        async with open_pool(wrong):
            pass
