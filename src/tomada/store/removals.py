"""Removals of many rows at once, and what the operator said to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg

from tomada.domain.ids import AccountId, ItemId, TransactionId
from tomada.domain.removals import Removal
from tomada.store.tx import Tx

_COLUMNS = (
    "id, entity_id, item_id, account_id, state, asked_at, decided_at, live,"
    " cardinality(row_ids) AS rows"
)


def _removal(record: asyncpg.Record) -> Removal:
    return Removal(**dict(record))


@dataclass(frozen=True, slots=True)
class RemovalRows:
    """The removals of the transaction's entity."""

    tx: Tx

    async def ask(
        self,
        removal_id: UUID,
        *,
        item_id: ItemId,
        account_id: AccountId,
        rows: Sequence[TransactionId],
        live: int,
        at: datetime,
    ) -> bool:
        """Let rows wait for approval; True where nothing of the account was waiting before."""
        made: bool = await self.tx.conn.fetchval(
            "INSERT INTO removals"
            " (entity_id, id, item_id, account_id, state, asked_at, live, row_ids)"
            " VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7)"
            " ON CONFLICT (entity_id, account_id) WHERE state = 'waiting'"
            " DO UPDATE SET live = $6, row_ids = $7 RETURNING id = $2",
            self.tx.scope(),
            removal_id,
            item_id,
            account_id,
            at,
            live,
            list(rows),
        )
        return made

    async def lapse(self, account_id: AccountId, *, at: datetime) -> None:
        """Withdraw what waits for an account."""
        await self.tx.conn.execute(
            "UPDATE removals SET state = 'lapsed', decided_at = $3"
            " WHERE entity_id = $1 AND account_id = $2 AND state = 'waiting'",
            self.tx.scope(),
            account_id,
            at,
        )

    async def all(self) -> list[Removal]:
        """List them, newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM removals WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " ORDER BY asked_at DESC, id DESC",
            self.tx.scope(),
        )
        return [_removal(record) for record in records]

    async def decide(
        self, removal_id: UUID, state: Literal["approved", "refused"], *, at: datetime
    ) -> tuple[Removal, list[TransactionId]] | None:
        """Close a waiting removal; gives it with its rows, None where it does not wait."""
        record = await self.tx.conn.fetchrow(
            "UPDATE removals SET state = $3, decided_at = $4"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND id = $2 AND state = 'waiting'"
            f" RETURNING {_COLUMNS}, row_ids",
            self.tx.scope(),
            removal_id,
            state,
            at,
        )
        if record is None:
            return None
        values = dict(record)
        rows: list[TransactionId] = values.pop("row_ids")
        return Removal(**values), rows

    async def item_of(self, removal_id: UUID) -> ItemId | None:
        """Find the item that a removal is about."""
        found: str | None = await self.tx.conn.fetchval(
            "SELECT item_id FROM removals WHERE entity_id = $1 AND id = $2",
            self.tx.scope(),
            removal_id,
        )
        return None if found is None else ItemId(found)
