"""Syncs as visible objects."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from tomada.domain.ids import ItemId, SyncId
from tomada.domain.products import Product
from tomada.domain.syncs import ProductCounts, Sync, SyncReason
from tomada.store.tx import Tx

_COLUMNS = (
    "id, item_id, state, reason, requested_at, started_at, finished_at, accounts, transactions,"
    " added, changed, gone, error_code"
)


def _sync(record: asyncpg.Record) -> Sync:
    return Sync(**dict(record))


@dataclass(frozen=True, slots=True)
class SyncRows:
    """The syncs of the transaction's entity."""

    tx: Tx

    async def add(
        self, sync_id: SyncId, item_id: ItemId, *, reason: SyncReason, at: datetime
    ) -> None:
        """Record a request."""
        await self.tx.conn.execute(
            "INSERT INTO syncs (entity_id, id, item_id, state, reason, requested_at)"
            " VALUES ($1, $2, $3, 'queued', $4, $5)",
            self.tx.scope(),
            sync_id,
            item_id,
            reason,
            at,
        )

    async def get(self, sync_id: SyncId) -> Sync | None:
        """Find one."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM syncs WHERE entity_id = $1 AND id = $2",  # noqa: S608  (constant columns)
            self.tx.scope(),
            sync_id,
        )
        return None if record is None else _sync(record)

    async def latest(self, item_id: ItemId) -> Sync | None:
        """Find the item's newest."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM syncs WHERE entity_id = $1 AND item_id = $2"  # noqa: S608  (constant columns)
            " ORDER BY requested_at DESC, id DESC LIMIT 1",
            self.tx.scope(),
            item_id,
        )
        return None if record is None else _sync(record)

    async def latest_full(self, item_id: ItemId) -> datetime | None:
        """Tell when a complete reading was last asked for: the first one or a scheduled one."""
        asked: datetime | None = await self.tx.conn.fetchval(
            "SELECT max(requested_at) FROM syncs WHERE entity_id = $1 AND item_id = $2"
            " AND reason IN ('first', 'schedule')",
            self.tx.scope(),
            item_id,
        )
        return asked

    async def begin(
        self, item_id: ItemId, *, at: datetime
    ) -> tuple[list[SyncId], frozenset[SyncReason]]:
        """Turn the item's waiting requests into running ones; the run serves them all.

        Gives them, and why they were made.
        """
        records = await self.tx.conn.fetch(
            "UPDATE syncs SET state = 'running', started_at = coalesce(started_at, $3)"
            " WHERE entity_id = $1 AND item_id = $2 AND state IN ('queued', 'running')"
            " RETURNING id, reason",
            self.tx.scope(),
            item_id,
            at,
        )
        return [SyncId(r["id"]) for r in records], frozenset(r["reason"] for r in records)

    async def begun(self, ids: list[SyncId]) -> datetime | None:
        """Tell when the first of these was begun."""
        at: datetime | None = await self.tx.conn.fetchval(
            "SELECT min(started_at) FROM syncs WHERE entity_id = $1 AND id = ANY($2)",
            self.tx.scope(),
            ids,
        )
        return at

    async def count(
        self, ids: list[SyncId], *, transactions: int, added: int, changed: int, gone: int
    ) -> None:
        """Add one page's figures to running syncs."""
        await self.tx.conn.execute(
            "UPDATE syncs SET transactions = transactions + $3, added = added + $4,"
            " changed = changed + $5, gone = gone + $6 WHERE entity_id = $1 AND id = ANY($2)",
            self.tx.scope(),
            ids,
            transactions,
            added,
            changed,
            gone,
        )

    async def count_product(
        self, ids: list[SyncId], product: Product, *, read: int, added: int, changed: int, gone: int
    ) -> None:
        """Add to the figures of one product."""
        await self.tx.conn.executemany(
            "INSERT INTO sync_products AS p (entity_id, sync_id, product, read, added, changed,"
            " gone) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (entity_id, sync_id, product) DO UPDATE SET read = p.read + $4,"
            " added = p.added + $5, changed = p.changed + $6, gone = p.gone + $7",
            [(self.tx.scope(), one, product, read, added, changed, gone) for one in ids],
        )

    async def note_product(
        self, ids: list[SyncId], product: Product, *, error_code: str | None
    ) -> None:
        """Record how reading one product ended."""
        await self.tx.conn.executemany(
            "INSERT INTO sync_products (entity_id, sync_id, product, error_code)"
            " VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (entity_id, sync_id, product) DO UPDATE SET error_code = $4",
            [(self.tx.scope(), one, product, error_code) for one in ids],
        )

    async def products(self, ids: list[SyncId]) -> dict[SyncId, tuple[ProductCounts, ...]]:
        """Give the figures of each product of each sync."""
        records = await self.tx.conn.fetch(
            "SELECT sync_id, product, read, added, changed, gone, error_code FROM sync_products"
            " WHERE entity_id = $1 AND sync_id = ANY($2) ORDER BY product",
            self.tx.scope(),
            ids,
        )
        found: dict[SyncId, tuple[ProductCounts, ...]] = {}
        for sync_id, *figures in records:
            found[sync_id] = (*found.get(sync_id, ()), ProductCounts(*figures))
        return found

    async def page(
        self, item_id: ItemId, *, after: tuple[datetime, SyncId] | None, limit: int
    ) -> list[Sync]:
        """List the item's, the newest first, from behind *after*."""
        at, last = (None, None) if after is None else after
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM syncs WHERE entity_id = $1 AND item_id = $2"  # noqa: S608  (constant columns)
            " AND ($3::timestamptz IS NULL OR (requested_at, id) < ($3, $4))"
            " ORDER BY requested_at DESC, id DESC LIMIT $5",
            self.tx.scope(),
            item_id,
            at,
            last,
            limit,
        )
        return [_sync(record) for record in records]

    async def set_accounts(self, ids: list[SyncId], accounts: int) -> None:
        """Record how many accounts were read, and forget the counts of an earlier attempt."""
        await self.tx.conn.execute(
            "UPDATE syncs SET accounts = $3, transactions = 0"
            " WHERE entity_id = $1 AND id = ANY($2)",
            self.tx.scope(),
            ids,
            accounts,
        )
        await self.tx.conn.execute(
            "UPDATE sync_products SET read = 0 WHERE entity_id = $1 AND sync_id = ANY($2)",
            self.tx.scope(),
            ids,
        )

    async def end(self, ids: list[SyncId], *, error_code: str | None, at: datetime) -> None:
        """Close syncs as done, or as failed where *error_code* says why."""
        await self.tx.conn.execute(
            "UPDATE syncs SET state = CASE WHEN $3::text IS NULL THEN 'done' ELSE 'failed' END,"
            " error_code = $3, finished_at = $4"
            " WHERE entity_id = $1 AND id = ANY($2) AND state IN ('queued', 'running')",
            self.tx.scope(),
            ids,
            error_code,
            at,
        )
