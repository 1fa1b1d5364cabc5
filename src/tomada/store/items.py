"""Items and their routes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tomada.domain.ids import EntityId, ItemId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as stored; *sealed* holds its ``ItemDetail``."""

    id: ItemId
    consent_id: UUID
    institution_digest: bytes
    status: str
    execution_status: str
    error_code: str | None
    last_updated_at: datetime | None
    synced_at: datetime | None
    bound_at: datetime
    sealed: bytes
    syncing: bool = False
    next_auto_sync_at: datetime | None = None


_COLUMNS = (
    "i.id, i.consent_id, i.institution_digest, i.status, i.execution_status, i.error_code,"
    " i.last_updated_at, i.synced_at, i.bound_at, i.sealed, i.next_auto_sync_at,"
    # What is parked waits for somebody to ask, so nothing goes on.
    " coalesce(w.wanted > w.done AND w.not_before IS DISTINCT FROM 'infinity', false) AS syncing"
)


def _row(record: asyncpg.Record) -> ItemRow:
    return ItemRow(**dict(record))


@dataclass(frozen=True, slots=True)
class ItemRows:
    """The items of the transaction's entity."""

    tx: Tx

    async def get(self, item_id: ItemId) -> ItemRow | None:
        """Find one item."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM items i LEFT JOIN work w ON w.item_id = i.id"  # noqa: S608  (constant columns)
            " WHERE i.entity_id = $1 AND i.id = $2",
            self.tx.scope(),
            item_id,
        )
        return None if record is None else _row(record)

    async def all(self) -> list[ItemRow]:
        """List them, oldest binding first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM items i LEFT JOIN work w ON w.item_id = i.id"  # noqa: S608  (constant columns)
            " WHERE i.entity_id = $1 ORDER BY i.bound_at, i.id",
            self.tx.scope(),
        )
        return [_row(record) for record in records]

    async def of_institution(self, digest: bytes) -> ItemId | None:
        """Find the item of one institution, unless Pluggy has it no more."""
        found: str | None = await self.tx.conn.fetchval(
            "SELECT id FROM items WHERE entity_id = $1 AND institution_digest = $2"
            " AND status <> 'DELETED' LIMIT 1",
            self.tx.scope(),
            digest,
        )
        return None if found is None else ItemId(found)

    async def come_under(self, digest: bytes, consent_id: UUID) -> list[str]:
        """Put the institution's items under another consent; gives those that are at Pluggy."""
        records = await self.tx.conn.fetch(
            "UPDATE items SET consent_id = $3 WHERE entity_id = $1 AND institution_digest = $2"
            " AND status <> 'DELETED' RETURNING id",
            self.tx.scope(),
            digest,
            consent_id,
        )
        return [one["id"] for one in records]

    async def lock_institution(self, digest: bytes) -> None:
        """Make others who bind an item of this institution wait until commit."""
        await self.tx.conn.execute(
            "SELECT pg_advisory_xact_lock($1)", int.from_bytes(digest[:8], "big", signed=True)
        )

    async def add(self, row: ItemRow) -> bool:
        """Bind an item; False where it is bound already, to whomever."""
        route = await self.tx.conn.fetchval(
            "INSERT INTO item_routes (item_id, entity_id) VALUES ($1, $2)"
            " ON CONFLICT DO NOTHING RETURNING item_id",
            row.id,
            self.tx.scope(),
        )
        if route is None:
            return False
        await self.tx.conn.execute("INSERT INTO work (item_id) VALUES ($1)", row.id)
        await self.tx.conn.execute(
            "INSERT INTO items (entity_id, id, consent_id, institution_digest, status,"
            " execution_status, error_code, last_updated_at, synced_at, bound_at, sealed,"
            " next_auto_sync_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            self.tx.scope(),
            row.id,
            row.consent_id,
            row.institution_digest,
            row.status,
            row.execution_status,
            row.error_code,
            row.last_updated_at,
            row.synced_at,
            row.bound_at,
            row.sealed,
            row.next_auto_sync_at,
        )
        return True

    async def update_status(self, row: ItemRow) -> None:
        """Replace what Pluggy says of the item."""
        await self.tx.conn.execute(
            "UPDATE items SET status = $3, execution_status = $4, error_code = $5,"
            " last_updated_at = $6, sealed = $7, next_auto_sync_at = $8 WHERE entity_id = $1 AND id = $2",
            self.tx.scope(),
            row.id,
            row.status,
            row.execution_status,
            row.error_code,
            row.last_updated_at,
            row.sealed,
            row.next_auto_sync_at,
        )

    async def mark_synced(self, item_id: ItemId, *, at: datetime) -> None:
        """Record the end of a complete reading."""
        await self.tx.conn.execute(
            "UPDATE items SET synced_at = $3 WHERE entity_id = $1 AND id = $2",
            self.tx.scope(),
            item_id,
            at,
        )

    async def retire(self, item_id: ItemId, *, status: str) -> None:
        """Note that Pluggy no longer reads it; what was read stays."""
        await self.tx.conn.execute(
            "UPDATE items SET status = $3, execution_status = '', error_code = NULL,"
            " next_auto_sync_at = NULL WHERE entity_id = $1 AND id = $2",
            self.tx.scope(),
            item_id,
            status,
        )

    async def unroute(self, item_id: ItemId) -> None:
        """Let nobody find the item any more, and overtake whoever reads it."""
        await self.tx.conn.execute(
            "DELETE FROM item_routes WHERE item_id = $1 AND entity_id = $2",
            item_id,
            self.tx.scope(),
        )

    async def remove(self, item_id: ItemId) -> bool:
        """Remove the item with its accounts, transactions and syncs; False if it was not there."""
        # The route first, and with it what is left to do: who takes in an event locks the one,
        # every run the other, before anything else. In another order they could wait for each
        # other.
        route = await self.tx.conn.fetchval(
            "DELETE FROM item_routes WHERE item_id = $1 AND entity_id = $2 RETURNING item_id",
            item_id,
            self.tx.scope(),
        )
        if route is None:
            return False
        # Waiting notifications would ask the person to mend what is gone.
        await self.tx.conn.execute(
            "DELETE FROM notifications WHERE entity_id = $1 AND item_id = $2",
            self.tx.scope(),
            item_id,
        )
        await self.tx.conn.execute(
            "DELETE FROM items WHERE entity_id = $1 AND id = $2", self.tx.scope(), item_id
        )
        return True


@dataclass(frozen=True, slots=True)
class ItemRoutes:
    """Whose item it is; asked before an entity is known."""

    tx: Tx

    async def entity_of(self, item_id: ItemId) -> EntityId | None:
        """Find the entity an item is bound to."""
        found: UUID | None = await self.tx.conn.fetchval(
            "SELECT entity_id FROM item_routes WHERE item_id = $1", item_id
        )
        return None if found is None else EntityId(found)

    async def hold(self, item_id: ItemId) -> EntityId | None:
        """Find the entity and keep the item from being removed until commit."""
        found: UUID | None = await self.tx.conn.fetchval(
            "SELECT entity_id FROM item_routes WHERE item_id = $1 FOR KEY SHARE", item_id
        )
        return None if found is None else EntityId(found)

    async def all(self) -> list[tuple[ItemId, EntityId]]:
        """List every bound item of the installation, of suspended entities none; ids only."""
        records = await self.tx.conn.fetch(
            "SELECT r.item_id, r.entity_id FROM item_routes r"
            " JOIN entities e ON e.id = r.entity_id WHERE e.suspended_at IS NULL"
        )
        return [(ItemId(r["item_id"]), EntityId(r["entity_id"])) for r in records]
