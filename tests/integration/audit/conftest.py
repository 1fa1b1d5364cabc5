"""A store with its vault and its audit, without a server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from tomada.adapters.kms.local import open_local
from tomada.domain.access import Caller
from tomada.domain.ids import EntityId, UserId
from tomada.services.audit import Audit
from tomada.services.vault import Vault, open_vault
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate, open_pool
from tomada.store.keys import KeyRows
from tomada.store.tx import Store


@dataclass(slots=True)
class Book:
    """What writes the audit, and what it stands on; *now* is moved by hand."""

    database: EmbeddedCluster
    store: Store
    vault: Vault = field(init=False)
    audit: Audit = field(init=False)
    now: datetime = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def somebody(self) -> Caller:
        """Make an entity with its keys, and act as its user."""
        entity = EntityId(uuid7())
        _, wrapped = await self.vault.make(entity)
        async with self.store.begin(entity) as tx:
            await KeyRows(tx).add_entity_row(at=self.now)
            await KeyRows(tx).add_entity(wrapped, at=self.now)
        return Caller(UserId(uuid7()), entity, "r1")

    async def write(self, caller: Caller, action: str = "sync_requested", count: int = 1) -> None:
        """Write entries about an item, each in a transaction of its own."""
        for n in range(count):
            async with self.store.begin(caller.entity_id) as tx:
                await self.audit.write(
                    tx, action, caller=caller, subject=("item", f"item-{n}"), data={"rows": n}
                )

    async def as_owner(self, entity: EntityId, statement: str, *values: object) -> str:
        """Do what the owner of the database can do."""
        owner = await asyncpg.connect(
            self.database.owner_url, server_settings={"search_path": "tomada"}
        )
        try:
            async with owner.transaction():
                await owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
                done: str = await owner.execute(statement, *values)
                return done
        finally:
            await owner.close()


@pytest.fixture
async def book(emptied: EmbeddedCluster, master_key: Path) -> AsyncIterator[Book]:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    async with open_pool(emptied.app_url) as pool:
        made = Book(emptied, Store(pool))
        made.vault = await open_vault(open_local(master_key, create=True), made.store, made.clock)
        made.audit = Audit(made.clock, made.vault.system)
        yield made
