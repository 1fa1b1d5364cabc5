"""Links between observations: what was decided, by which rule, and whether a person took it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.links import Link, LinkKind, LinkState
from tomada.store.tx import Tx

_COLUMNS = (
    "id, kind, rule, state, confidence, row_id, other_id, from_pluggy_id, to_pluggy_id, at,"
    " decided_at"
)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link as stored; *sealed* holds its evidence."""

    link: Link
    sealed: bytes


def _link(record: asyncpg.Record) -> LinkRow:
    values = dict(record)
    sealed: bytes = values.pop("sealed")
    return LinkRow(Link(**values), sealed)


@dataclass(frozen=True, slots=True)
class LinkRows:
    """The links of the transaction's entity."""

    tx: Tx

    async def add(self, row: LinkRow) -> bool:
        """Keep a link; False where this pair was linked, suggested or parted before."""
        one = row.link
        made: bool | None = await self.tx.conn.fetchval(
            "INSERT INTO transaction_links (entity_id, id, kind, rule, state, confidence, row_id,"
            " other_id, from_pluggy_id, to_pluggy_id, at, decided_at, sealed)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
            " ON CONFLICT (entity_id, kind, from_pluggy_id, to_pluggy_id) DO NOTHING"
            " RETURNING true",
            self.tx.scope(),
            one.id, one.kind, one.rule, one.state, one.confidence, one.row_id, one.other_id,
            one.from_pluggy_id, one.to_pluggy_id, one.at, one.decided_at, row.sealed,
        )  # fmt: skip
        return made is not None

    async def get(self, link_id: UUID) -> LinkRow | None:
        """Find one, and keep others from deciding it until commit."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS}, sealed FROM transaction_links"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND id = $2 FOR UPDATE",
            self.tx.scope(),
            link_id,
        )
        return None if record is None else _link(record)

    async def set_state(
        self, link_id: UUID, state: LinkState, *, at: datetime, sealed: bytes | None = None
    ) -> None:
        """Record a decision, with new evidence where there is some."""
        await self.tx.conn.execute(
            "UPDATE transaction_links SET state = $3, decided_at = $4,"
            " sealed = coalesce($5, sealed) WHERE entity_id = $1 AND id = $2",
            self.tx.scope(),
            link_id,
            state,
            at,
            sealed,
        )

    async def all(self, *, state: LinkState | None, limit: int) -> list[LinkRow]:
        """List links, newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS}, sealed FROM transaction_links WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " AND ($2::text IS NULL OR state = $2) ORDER BY at DESC, id DESC LIMIT $3",
            self.tx.scope(),
            state,
            limit,
        )
        return [_link(record) for record in records]

    async def of(self, row_id: TransactionId) -> list[LinkRow]:
        """List what was decided about a row, oldest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS}, sealed FROM transaction_links WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " AND (row_id = $2 OR other_id = $2) ORDER BY at, id",
            self.tx.scope(),
            row_id,
        )
        return [_link(record) for record in records]

    async def parted(self, kind: LinkKind, pluggy_ids: Sequence[str]) -> frozenset[tuple[str, str]]:
        """List pairs that are not to be linked again, among those that begin with one of these."""
        records = await self.tx.conn.fetch(
            "SELECT from_pluggy_id, to_pluggy_id FROM transaction_links WHERE entity_id = $1"
            " AND kind = $2 AND state IN ('undone', 'suggested') AND from_pluggy_id = ANY($3)",
            self.tx.scope(),
            kind,
            list(pluggy_ids),
        )
        return frozenset((record[0], record[1]) for record in records)

    async def left_behind(self, account_id: AccountId, pluggy_ids: Sequence[str]) -> list[LinkRow]:
        """List links by which one of these ids became another, newest first."""
        columns = ", ".join(f"l.{name.strip()}" for name in _COLUMNS.split(","))
        records = await self.tx.conn.fetch(
            f"SELECT {columns}, l.sealed FROM transaction_links l JOIN transactions t"  # noqa: S608  (constant columns)
            " ON t.entity_id = l.entity_id AND t.id = l.row_id"
            " WHERE l.entity_id = $1 AND l.kind = 'same' AND l.from_pluggy_id = ANY($3)"
            " AND l.state IN ('automatic', 'confirmed') AND t.account_id = $2"
            " ORDER BY l.at DESC, l.id DESC",
            self.tx.scope(),
            account_id,
            list(pluggy_ids),
        )
        return [_link(record) for record in records]
