"""What people asked for of their data, found before an entity is known; and copies on their way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tomada.domain.ids import EntityId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One request: *kind* is ``export`` or ``erasure``; *done_at* is its end, whichever it was."""

    id: UUID
    owner: EntityId
    kind: str
    state: str
    requested_at: datetime
    next_at: datetime
    tries: int = 0
    ready_at: datetime | None = None
    done_at: datetime | None = None
    expires_at: datetime | None = None


_COLUMNS = "id, owner, kind, state, requested_at, next_at, tries, ready_at, done_at, expires_at"


def _row(record: asyncpg.Record) -> RequestRow:
    return RequestRow(**dict(record))


@dataclass(frozen=True, slots=True)
class RequestRows:
    """The requests."""

    tx: Tx

    async def add(self, row: RequestRow) -> bool:
        """Keep a fresh one; False where it is there."""
        found = await self.tx.conn.fetchval(
            "INSERT INTO privacy_requests (id, owner, kind, state, requested_at, next_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
            row.id,
            row.owner,
            row.kind,
            row.state,
            row.requested_at,
            row.next_at,
        )
        return found is not None

    async def get(self, request_id: UUID) -> RequestRow | None:
        """Find one."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM privacy_requests WHERE id = $1",  # noqa: S608  (constant columns)
            request_id,
        )
        return None if record is None else _row(record)

    async def of(self, owner: EntityId, kind: str) -> list[RequestRow]:
        """List an entity's, the newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM privacy_requests WHERE owner = $1 AND kind = $2"  # noqa: S608  (constant columns)
            " ORDER BY requested_at DESC, id DESC",
            owner,
            kind,
        )
        return [_row(record) for record in records]

    async def take(
        self, request_id: UUID, *, now: datetime, again_at: datetime
    ) -> RequestRow | None:
        """Take one try, so that nobody else has another before *again_at*; None where none is due."""
        record = await self.tx.conn.fetchrow(
            "UPDATE privacy_requests SET tries = tries + 1, next_at = $3"  # noqa: S608  (constant columns)
            " WHERE id = $1 AND state = 'queued' AND next_at <= $2"
            f" RETURNING {_COLUMNS}",
            request_id,
            now,
            again_at,
        )
        return None if record is None else _row(record)

    async def due(self, *, now: datetime) -> list[UUID]:
        """List those whose next try is due."""
        records = await self.tx.conn.fetch(
            "SELECT id FROM privacy_requests WHERE state = 'queued' AND next_at <= $1"
            " ORDER BY next_at LIMIT 100",
            now,
        )
        return [record["id"] for record in records]

    async def later(self, request_id: UUID, *, at: datetime) -> None:
        """Try again from *at* on."""
        await self.tx.conn.execute(
            "UPDATE privacy_requests SET next_at = $2 WHERE id = $1", request_id, at
        )

    async def ready(self, request_id: UUID, *, at: datetime, expires_at: datetime) -> None:
        """Note that a copy can be taken until *expires_at*."""
        await self.tx.conn.execute(
            "UPDATE privacy_requests SET state = 'ready', ready_at = $2, expires_at = $3"
            " WHERE id = $1",
            request_id,
            at,
            expires_at,
        )

    async def end(self, request_id: UUID, *, state: str, at: datetime, was: str) -> bool:
        """Note the end of one that was in the state *was*; False where it was in another."""
        found = await self.tx.conn.fetchval(
            "UPDATE privacy_requests SET state = $2, done_at = $3"
            " WHERE id = $1 AND state = $4 RETURNING true",
            request_id,
            state,
            at,
            was,
        )
        return found is not None

    async def reopen(self, request_id: UUID) -> None:
        """Have one done again that a restored backup does not know as done."""
        await self.tx.conn.execute(
            "UPDATE privacy_requests SET state = 'queued', done_at = NULL WHERE id = $1",
            request_id,
        )

    async def stale(self, *, now: datetime) -> list[RequestRow]:
        """List copies that nobody took in time."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM privacy_requests"  # noqa: S608  (constant columns)
            " WHERE state = 'ready' AND expires_at <= $1",
            now,
        )
        return [_row(record) for record in records]


@dataclass(frozen=True, slots=True)
class ExportParts:
    """The sealed pieces of a copy."""

    tx: Tx

    async def add(self, export_id: UUID, n: int, sealed: bytes) -> None:
        """Keep one piece."""
        await self.tx.conn.execute(
            "INSERT INTO export_parts (entity_id, export_id, n, sealed) VALUES ($1, $2, $3, $4)",
            self.tx.scope(),
            export_id,
            n,
            sealed,
        )

    async def take(self, export_id: UUID) -> list[tuple[int, bytes]]:
        """Give all pieces in order, and delete them."""
        records = await self.tx.conn.fetch(
            "DELETE FROM export_parts WHERE entity_id = $1 AND export_id = $2 RETURNING n, sealed",
            self.tx.scope(),
            export_id,
        )
        return sorted((one["n"], one["sealed"]) for one in records)
