"""Notices to the person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import ItemId, NotificationId
from tomada.store.tx import Tx

_SETTLED = "settled"
EXPIRY = "consent/"
"""How the causes of warnings begin that an authorisation at the bank ends."""


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A notice as stored; *sealed* holds its words, *cause* a code that tells repeats."""

    id: NotificationId
    type: str
    item_id: ItemId | None
    cause: str
    at: datetime
    read_at: datetime | None
    sealed: bytes


@dataclass(frozen=True, slots=True)
class NotificationRows:
    """The notices of the transaction's entity."""

    tx: Tx

    async def add(self, row: NotificationRow) -> None:
        """Keep one."""
        await self.tx.conn.execute(
            "INSERT INTO notifications (entity_id, id, type, item_id, cause, at, sealed)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            self.tx.scope(),
            row.id,
            row.type,
            row.item_id,
            row.cause,
            row.at,
            row.sealed,
        )

    async def last_cause(self, item_id: ItemId, *, expiry: bool = False) -> str | None:
        """Give the cause of the item's newest notice, read or not, unless it was settled.

        Warnings that its authorisation ends are asked for by *expiry*, and are another matter.
        """
        cause: str | None = await self.tx.conn.fetchval(
            "SELECT cause FROM notifications WHERE entity_id = $1 AND item_id = $2"
            " AND starts_with(cause, $3) = $4 ORDER BY at DESC, id DESC LIMIT 1",
            self.tx.scope(),
            item_id,
            EXPIRY,
            expiry,
        )
        return None if cause == _SETTLED else cause

    async def all(self, *, limit: int) -> list[NotificationRow]:
        """List the newest."""
        records = await self.tx.conn.fetch(
            "SELECT id, type, item_id, cause, at, read_at, sealed FROM notifications"
            " WHERE entity_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
            self.tx.scope(),
            limit,
        )
        return [NotificationRow(**dict(record)) for record in records]

    async def some(self, ids: Sequence[NotificationId]) -> list[NotificationRow]:
        """List those of *ids* that nobody has read, in the order they came."""
        records = await self.tx.conn.fetch(
            "SELECT id, type, item_id, cause, at, read_at, sealed FROM notifications"
            " WHERE entity_id = $1 AND id = ANY($2::uuid[]) AND read_at IS NULL ORDER BY at, id",
            self.tx.scope(),
            list(ids),
        )
        return [NotificationRow(**dict(record)) for record in records]

    async def mark_read(self, notification_id: NotificationId, *, at: datetime) -> bool:
        """Mark one as read, which is right twice; False where there is none."""
        found = await self.tx.conn.fetchval(
            "UPDATE notifications SET read_at = coalesce(read_at, $3)"
            " WHERE entity_id = $1 AND id = $2 RETURNING true",
            self.tx.scope(),
            notification_id,
            at,
        )
        return found is not None

    async def settle(self, item_id: ItemId, *, at: datetime, expiry: bool = False) -> int:
        """Mark an item's notices as read once the item is well again; gives how many.

        The same cause is news from then on. With *expiry* the warnings are meant that its
        authorisation ends, else all others.
        """
        records = await self.tx.conn.fetch(
            "UPDATE notifications SET read_at = coalesce(read_at, $3), cause = $4"
            " WHERE entity_id = $1 AND item_id = $2 AND cause <> $4"
            " AND starts_with(cause, $5) = $6 RETURNING id",
            self.tx.scope(),
            item_id,
            at,
            _SETTLED,
            EXPIRY,
            expiry,
        )
        return len(records)
