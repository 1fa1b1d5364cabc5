"""Transactions: upserts that touch only what changed, and reading by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, cast
from uuid import UUID

import asyncpg

from tomada.domain.errors import NotFoundError
from tomada.domain.ids import AccountId, ItemId, TransactionId
from tomada.domain.transactions import View
from tomada.store.tx import Tx

Gone = Literal["named", "absent", "expired"]
"""How a row went: an event named it and Pluggy has it no more; two complete readings did not find
it; or it was an authorisation, which they did not find."""


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """A transaction as stored; *sealed* holds its ``Detail``, *sealed_raw* Pluggy's object."""

    id: TransactionId
    account_id: AccountId
    item_id: ItemId
    pluggy_id: str
    day: date
    instant: datetime
    direction: str
    signed_minor: int
    currency: str
    status: str
    position: int
    created_upstream: datetime
    conflicting: bool
    untyped: bool
    inexact: bool
    content_digest: bytes
    fingerprint: bytes | None
    sealed: bytes
    sealed_raw: bytes
    first_seen_at: datetime
    changed_at: datetime
    gone_at: datetime | None = None
    gone_reason: Gone | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a page's rows are compared with."""

    id: TransactionId
    content_digest: bytes
    gone: bool


SealedRow = tuple[TransactionId, bytes]
"""A row's id and its sealed ``Detail``."""


class SummableRow(NamedTuple):
    """What sums need of a row; a tuple, because there are very many."""

    id: TransactionId
    sealed: bytes
    day: date
    account_id: AccountId
    signed_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ended: the key of its last row."""

    day: date
    instant: datetime
    id: UUID


_WRITTEN = (
    "id, account_id, item_id, pluggy_id, day, instant, direction, signed_minor, currency, status,"
    " position, created_upstream, conflicting, untyped, inexact, content_digest, fingerprint,"
    " sealed, sealed_raw, first_seen_at, changed_at"
)
_READ = (
    "id, account_id, item_id, pluggy_id, day, instant, direction, signed_minor, currency, status,"
    " position, created_upstream, conflicting, untyped, inexact, content_digest, fingerprint, sealed,"
    " ''::bytea AS sealed_raw, first_seen_at, changed_at, gone_at, gone_reason"
)
WRITTEN_NAMES = tuple(name.strip() for name in _WRITTEN.split(","))
"""The columns of a row that are written together."""
_TYPES = (
    *("uuid", "text", "text", "text", "date", "timestamptz", "text", "bigint", "text", "text"),
    *("integer", "timestamptz", "boolean", "boolean", "boolean", "bytea", "bytea", "bytea"),
    *("bytea", "timestamptz", "timestamptz"),
)
_ARRAYS = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES, start=2))
_KEPT = {"id", "account_id", "pluggy_id", "first_seen_at"}
_SETS = ", ".join(f"{name} = excluded.{name}" for name in WRITTEN_NAMES if name not in _KEPT)

# S608: these are put together from the constant column lists above.
_UPSERT = (
    f"INSERT INTO transactions (entity_id, {_WRITTEN})"  # noqa: S608
    f" SELECT $1, * FROM unnest({_ARRAYS})"
    f" ON CONFLICT (entity_id, account_id, pluggy_id) DO UPDATE SET {_SETS}, gone_at = NULL,"
    " gone_reason = NULL, missing_since = NULL, seen_until = NULL"
)
_REPLACE = (
    f"UPDATE transactions t SET ({', '.join(WRITTEN_NAMES)}) = ROW(u.*), gone_at = NULL,"  # noqa: S608
    " gone_reason = NULL, missing_since = NULL, seen_until = NULL"
    f" FROM unnest({_ARRAYS}) AS u ({', '.join(WRITTEN_NAMES)})"
    " WHERE t.entity_id = $1 AND t.id = u.id"
)
_WHERE = (
    " FROM transactions WHERE entity_id = $1"
    " AND ($2::text IS NULL OR account_id = $2) AND ($3::text IS NULL OR item_id = $3)"
    " AND ($4::date IS NULL OR day >= $4) AND ($5::date IS NULL OR day <= $5)"
)
_HIDDEN = (
    "EXISTS (SELECT FROM annotations n WHERE n.entity_id = transactions.entity_id"
    " AND n.transaction_id = transactions.id AND n.hidden)"
)
_VIEWS: dict[View, str] = {
    "ledger": f" AND gone_at IS NULL AND NOT {_HIDDEN}",
    "hidden": f" AND gone_at IS NULL AND {_HIDDEN}",
    "expired": " AND gone_at IS NOT NULL AND gone_reason = 'expired'",
}
# Without an alternative in it the comparison is answered by the index.
_BEHIND = " AND (day, instant, id) < ($7, $8, $9)"
_ORDER = " ORDER BY day DESC, instant DESC, id DESC LIMIT $6"


def _row(record: asyncpg.Record) -> TransactionRow:
    return TransactionRow(**dict(record))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which transactions to list; None leaves a dimension open."""

    account_id: AccountId | None = None
    item_id: ItemId | None = None
    day_from: date | None = None
    day_to: date | None = None
    view: View = "ledger"


@dataclass(frozen=True, slots=True)
class TransactionRows:
    """The transactions of the transaction's entity."""

    tx: Tx

    async def known(self, account_id: AccountId, pluggy_ids: Sequence[str]) -> dict[str, Known]:
        """Find which of *pluggy_ids* the account has, tombstones included."""
        records = await self.tx.conn.fetch(
            "SELECT pluggy_id, id, content_digest, gone_at FROM transactions"
            " WHERE entity_id = $1 AND account_id = $2 AND pluggy_id = ANY($3)",
            self.tx.scope(),
            account_id,
            list(pluggy_ids),
        )
        return {
            r["pluggy_id"]: Known(r["id"], r["content_digest"], r["gone_at"] is not None)
            for r in records
        }

    async def put(self, rows: Sequence[TransactionRow]) -> None:
        """Insert new rows and rewrite changed ones; a tombstone that came back lives again."""
        columns = [[getattr(row, name) for row in rows] for name in WRITTEN_NAMES]
        await self.tx.conn.execute(_UPSERT, self.tx.scope(), *columns)

    async def replace(self, rows: Sequence[TransactionRow]) -> None:
        """Rewrite rows by our id, whatever Pluggy calls them now; tombstones live again."""
        columns = [[getattr(row, name) for row in rows] for name in WRITTEN_NAMES]
        if rows:
            await self.tx.conn.execute(_REPLACE, self.tx.scope(), *columns)

    async def remove(self, ids: Sequence[TransactionId]) -> None:
        """Remove rows without a trace: they are other rows by now."""
        if ids:
            await self.tx.conn.execute(
                "DELETE FROM transactions WHERE entity_id = $1 AND id = ANY($2)",
                self.tx.scope(),
                list(ids),
            )

    async def bury(
        self, account_id: AccountId, pluggy_ids: Sequence[str], *, at: datetime, reason: Gone
    ) -> list[TransactionId]:
        """Turn live rows into tombstones; gives the ids of those that were alive."""
        records = await self.tx.conn.fetch(
            "UPDATE transactions t SET gone_at = $4, changed_at = $4, gone_reason = $5,"
            " seen_until = CASE WHEN t.missing_since IS NULL"
            " THEN greatest(t.seen_until, a.walk_began_at) ELSE t.seen_until END FROM accounts a"
            " WHERE t.entity_id = $1 AND t.account_id = $2 AND t.pluggy_id = ANY($3)"
            " AND t.gone_at IS NULL AND a.entity_id = t.entity_id AND a.id = t.account_id"
            " RETURNING t.id",
            self.tx.scope(),
            account_id,
            list(pluggy_ids),
            at,
            reason,
        )
        return [r["id"] for r in records]

    async def page(self, where: Filter, *, after: Place | None, limit: int) -> list[TransactionRow]:
        """List live rows newest first, from behind *after*."""
        return [_row(record) for record in await self._list(_READ, where, after, limit)]

    async def sealed(self, where: Filter, *, after: Place | None, limit: int) -> list[SealedRow]:
        """List the same rows with nothing but their words."""
        # Copying so many records would take longer than reading them.
        return cast("list[SealedRow]", await self._list("id, sealed", where, after, limit))

    async def summable(
        self, where: Filter, *, after: Place | None, limit: int
    ) -> list[SummableRow]:
        """List the same rows with what sums need."""
        records = await self._list(", ".join(SummableRow._fields), where, after, limit)
        return [SummableRow(*record) for record in records]

    async def place_of(self, row_id: TransactionId) -> Place:
        """Tell where a row stands in the list."""
        record = await self.tx.conn.fetchrow(
            "SELECT day, instant, id FROM transactions WHERE entity_id = $1 AND id = $2",
            self.tx.scope(),
            row_id,
        )
        if record is None:
            raise NotFoundError("the row went while it was looked at")
        return Place(*record)

    async def of(self, ids: Sequence[TransactionId]) -> list[TransactionRow]:
        """Read listed rows by our id, newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_READ} FROM transactions"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND id = ANY($2)"
            " AND (gone_at IS NULL OR gone_reason = 'expired')"
            " ORDER BY day DESC, instant DESC, id DESC",
            self.tx.scope(),
            list(ids),
        )
        return [_row(record) for record in records]

    async def _list(
        self, columns: str, where: Filter, after: Place | None, limit: int
    ) -> list[asyncpg.Record]:
        values: list[object] = [
            self.tx.scope(), where.account_id, where.item_id, where.day_from, where.day_to, limit,
        ]  # fmt: skip
        if after is not None:
            values += [after.day, after.instant, after.id]
        records: list[asyncpg.Record] = await self.tx.conn.fetch(
            f"SELECT {columns}{_WHERE}{_VIEWS[where.view]}{'' if after is None else _BEHIND}{_ORDER}",
            *values,
        )
        return records
