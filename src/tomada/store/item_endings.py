"""Items that a person withdrew from and that must end at Pluggy; ids and instants only.

Read before an entity is known: who is to be told stands in the row.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tomada.domain.ids import EntityId, ItemId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class EndingRow:
    """One item on its way out; *confirmed_at* is when Pluggy was seen without it."""

    item_id: ItemId
    owner: EntityId
    consent_id: UUID | None
    requested_at: datetime
    tries: int = 0
    alerted_at: datetime | None = None
    confirmed_at: datetime | None = None


_COLUMNS = "item_id, owner, consent_id, requested_at, tries, alerted_at, confirmed_at"


def _row(record: asyncpg.Record) -> EndingRow:
    return EndingRow(**dict(record))


@dataclass(frozen=True, slots=True)
class EndingRows:
    """The endings."""

    tx: Tx

    async def add(self, row: EndingRow) -> None:
        """Want an item ended; an item ends once."""
        await self.tx.conn.execute(
            "INSERT INTO item_endings (item_id, owner, consent_id, requested_at, next_at)"
            " VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING",
            row.item_id,
            row.owner,
            row.consent_id,
            row.requested_at,
        )

    async def take(self, item_id: ItemId, *, now: datetime, again_at: datetime) -> EndingRow | None:
        """Take one try, so that nobody else has another before *again_at*; None where none is due."""
        record = await self.tx.conn.fetchrow(
            "UPDATE item_endings SET tries = tries + 1, next_at = $3"  # noqa: S608  (constant columns)
            " WHERE item_id = $1 AND confirmed_at IS NULL AND next_at <= $2"
            f" RETURNING {_COLUMNS}",
            item_id,
            now,
            again_at,
        )
        return None if record is None else _row(record)

    async def later(self, item_id: ItemId, *, at: datetime, alerted_at: datetime | None) -> None:
        """Try again from *at* on."""
        await self.tx.conn.execute(
            "UPDATE item_endings SET next_at = $2, alerted_at = coalesce(alerted_at, $3)"
            " WHERE item_id = $1",
            item_id,
            at,
            alerted_at,
        )

    async def confirm(self, item_id: ItemId, *, at: datetime) -> bool:
        """Note that Pluggy has it no more; False where that was known."""
        found = await self.tx.conn.fetchval(
            "UPDATE item_endings SET confirmed_at = $2"
            " WHERE item_id = $1 AND confirmed_at IS NULL RETURNING true",
            item_id,
            at,
        )
        return found is not None

    async def due(self, *, now: datetime) -> list[ItemId]:
        """List those whose next try is due."""
        records = await self.tx.conn.fetch(
            "SELECT item_id FROM item_endings WHERE confirmed_at IS NULL AND next_at <= $1"
            " ORDER BY next_at LIMIT 100",
            now,
        )
        return [ItemId(record["item_id"]) for record in records]

    async def of(self, owner: EntityId) -> list[EndingRow]:
        """List an entity's, the newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM item_endings WHERE owner = $1 ORDER BY requested_at DESC",  # noqa: S608  (constant columns)
            owner,
        )
        return [_row(record) for record in records]
