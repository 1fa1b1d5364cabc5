"""Signing in with a clock that is moved by hand, and people at browsers on the whole program."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from argon2 import PasswordHasher

from tests.conftest import Running
from tests.integration.web.people import Person, sign_up, visitor
from tomada.adapters.kms.local import open_local
from tomada.services.access import Access
from tomada.services.audit import Audit
from tomada.services.passwords import Passwords
from tomada.services.tickets import Tickets
from tomada.services.vault import open_vault
from tomada.store.embedded import EmbeddedCluster
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


@pytest.fixture
async def store(emptied: EmbeddedCluster) -> AsyncIterator[Store]:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    async with open_pool(emptied.app_url) as pool:
        yield Store(pool)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def access(store: Store, master_key: Path, clock: Hands) -> Access:
    vault = await open_vault(open_local(master_key, create=True), store, clock)
    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    return Access(store, vault, clock, Audit(clock, vault.system), passwords=Passwords(cheap))


@pytest.fixture
def tickets(store: Store, clock: Hands, access: Access) -> Tickets:
    return Tickets(store, clock, access)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
async def rita(tomada: Running, stack: AsyncExitStack) -> Person:
    return await stack.enter_async_context(sign_up(tomada, "rita"))


@pytest.fixture
async def bento(tomada: Running, stack: AsyncExitStack) -> Person:
    """Somebody else."""
    return await stack.enter_async_context(sign_up(tomada, "bento"))


@pytest.fixture
async def anonymous(tomada: Running, stack: AsyncExitStack) -> httpx2.AsyncClient:
    return await stack.enter_async_context(visitor(tomada))
