"""One-time tickets that stand for the credential they were given for."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tomada.domain.ids import EntityId, UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class TicketRow:
    """Of a session, of a key for an entity, or of a user for an entity until a time."""

    session_digest: bytes | None
    api_key_id: UUID | None
    user_id: UserId | None
    entity_id: EntityId | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class TicketRows:
    """The tickets that nobody used yet."""

    tx: Tx

    async def add(self, digest: bytes, row: TicketRow, *, expires_at: datetime) -> None:
        """Keep a ticket."""
        await self.tx.conn.execute(
            "INSERT INTO tickets"
            " (digest, session_digest, api_key_id, user_id, entity_id, until, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            digest,
            row.session_digest,
            row.api_key_id,
            row.user_id,
            row.entity_id,
            row.until,
            expires_at,
        )

    async def take(self, digest: bytes, *, now: datetime) -> TicketRow | None:
        """Use a ticket up; None for a used, late or unknown one."""
        row = await self.tx.conn.fetchrow(
            "DELETE FROM tickets WHERE digest = $1"
            " RETURNING session_digest, api_key_id, user_id, entity_id, until, expires_at",
            digest,
        )
        if row is None or row["expires_at"] <= now:
            return None
        return TicketRow(*tuple(row)[:-1])
