"""Wrapped keysets: one per entity, and the system's own."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import EntityId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A keyset under the master key that *master_key* names."""

    wrapped: bytes
    master_key: str


@dataclass(frozen=True, slots=True)
class KeyRows:
    """The key tables."""

    tx: Tx

    async def entity(self) -> WrappedKey | None:
        """Find the key of the transaction's entity; None where it was destroyed."""
        row = await self.tx.conn.fetchrow(
            "SELECT wrapped, master_key FROM entity_keys"
            " WHERE entity_id = $1 AND destroyed_at IS NULL",
            self.tx.scope(),
        )
        return None if row is None else WrappedKey(row["wrapped"], row["master_key"])

    async def add_entity(self, key: WrappedKey, *, at: datetime) -> None:
        """Keep the key of a new entity; an entity has one key from its first row on."""
        await self.tx.conn.execute(
            "INSERT INTO entity_keys (entity_id, wrapped, master_key, created_at)"
            " VALUES ($1, $2, $3, $4)",
            self.tx.scope(),
            key.wrapped,
            key.master_key,
            at,
        )

    async def destroy_entity(self, *, at: datetime) -> bool:
        """Destroy the entity's key for good; False where it is destroyed already, or never was.

        What the key had sealed can be opened by nobody as soon as this commits. The old row is
        noise under the master key, and gone from the files with the next vacuum of the table.
        """
        done = await self.tx.conn.fetchval(
            "UPDATE entity_keys SET wrapped = '', destroyed_at = $2"
            " WHERE entity_id = $1 AND destroyed_at IS NULL RETURNING true",
            self.tx.scope(),
            at,
        )
        return bool(done)

    async def add_entity_row(self, *, at: datetime) -> None:
        """Make the entity itself."""
        await self.tx.conn.execute(
            "INSERT INTO entities (id, created_at) VALUES ($1, $2)", self.tx.scope(), at
        )

    async def system(self, name: str) -> WrappedKey | None:
        """Find a key of the installation."""
        row = await self.tx.conn.fetchrow(
            "SELECT wrapped, master_key FROM system_keys WHERE name = $1", name
        )
        return None if row is None else WrappedKey(row["wrapped"], row["master_key"])

    async def add_system(self, name: str, key: WrappedKey, *, at: datetime) -> WrappedKey:
        """Keep a key of the installation; who comes second gets the first one's."""
        await self.tx.conn.execute(
            "INSERT INTO system_keys (name, wrapped, master_key, created_at)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING",
            name,
            key.wrapped,
            key.master_key,
            at,
        )
        kept = await self.system(name)
        if kept is None:
            raise RuntimeError("a key was inserted and is not there")
        return kept

    async def system_names(self) -> list[str]:
        """List the installation's own keys."""
        records = await self.tx.conn.fetch("SELECT name FROM system_keys ORDER BY name")
        return [record["name"] for record in records]

    async def swap_system(self, name: str, old: WrappedKey, new: WrappedKey) -> bool:
        """Put a key of the installation in the place of *old*; False where that is gone."""
        return await self._swapped(
            "UPDATE system_keys SET wrapped = $3, master_key = $4"
            " WHERE name = $1 AND wrapped = $2 RETURNING true",
            name, old, new,
        )  # fmt: skip

    async def swap_entity(self, old: WrappedKey, new: WrappedKey) -> bool:
        """Put the entity's key in the place of *old*; False where that is gone."""
        return await self._swapped(
            "UPDATE entity_keys SET wrapped = $3, master_key = $4"
            " WHERE entity_id = $1 AND wrapped = $2 AND destroyed_at IS NULL RETURNING true",
            self.tx.scope(), old, new,
        )  # fmt: skip

    async def entities(self) -> list[EntityId]:
        """List everybody who may have a key."""
        records = await self.tx.conn.fetch("SELECT id FROM entities ORDER BY id")
        return [EntityId(record["id"]) for record in records]

    async def destroyed(self) -> bool:
        """Tell whether the entity's key was destroyed."""
        found = await self.tx.conn.fetchval(
            "SELECT true FROM entity_keys WHERE entity_id = $1 AND destroyed_at IS NOT NULL",
            self.tx.scope(),
        )
        return bool(found)

    async def _swapped(
        self, statement: str, owner: EntityId | str, old: WrappedKey, new: WrappedKey
    ) -> bool:
        done = await self.tx.conn.fetchval(
            statement, owner, old.wrapped, new.wrapped, new.master_key
        )
        return bool(done)
