"""A real database for these tests: one cluster a session, emptied before each test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from argon2 import PasswordHasher

from tests.integration.web.site import Site, running_site
from tomada.adapters.kms.local import LocalKeyProvider, open_local
from tomada.services.access import Access
from tomada.services.audit import Audit
from tomada.services.passwords import Passwords
from tomada.services.vault import Vault, open_vault
from tomada.store.embedded import EmbeddedCluster, embedded_postgres
from tomada.store.engine import migrate, open_pool
from tomada.store.tx import Store


class Hands:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster]:
    with asyncio.Runner() as runner:
        running = embedded_postgres(tmp_path_factory.mktemp("web") / "data")
        cluster = runner.run(running.__aenter__())
        try:
            runner.run(migrate(cluster.owner_url, app_url=cluster.app_url))
            yield cluster
        finally:
            runner.run(running.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("key") / "master.key"


@pytest.fixture(scope="session")
def master_key(key_file: Path) -> LocalKeyProvider:
    return open_local(key_file, create=True)


@pytest.fixture
async def database(cluster: EmbeddedCluster) -> EmbeddedCluster:
    owner = await asyncpg.connect(cluster.owner_url)
    await owner.execute(
        "TRUNCATE tomada.entities, tomada.users, tomada.attempts, tomada.inbox, tomada.hooks,"
        " tomada.pgqueuer CASCADE"
    )
    await owner.close()
    return cluster


@pytest.fixture
async def store(database: EmbeddedCluster) -> AsyncIterator[Store]:
    async with open_pool(database.app_url) as pool:
        yield Store(pool)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def vault(store: Store, master_key: LocalKeyProvider, clock: Hands) -> Vault:
    return await open_vault(master_key, store, clock)


@pytest.fixture
def access(store: Store, vault: Vault, clock: Hands) -> Access:
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    return Access(store, vault, clock, Audit(clock), passwords=Passwords(cheap))


@pytest.fixture
async def site(database: EmbeddedCluster, key_file: Path) -> AsyncIterator[Site]:
    async with running_site(database, key_file) as running:
        yield running
