"""Work on data keys that takes longer than one transaction, or more than one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tomada.domain.ids import EntityId
from tomada.store.tx import Tx

Step = Literal["added", "promoted", "resealed"]


@dataclass(frozen=True, slots=True)
class KeyWork:
    """Rotations that are under way, and shreddings that were asked for."""

    tx: Tx

    async def begin(self, entity: EntityId, *, at: datetime) -> bool:
        """Record that a rotation begins; False where one is under way."""
        done = await self.tx.conn.fetchval(
            "INSERT INTO key_rotations (entity_id, step, at) VALUES ($1, 'added', $2)"
            " ON CONFLICT DO NOTHING RETURNING true",
            entity,
            at,
        )
        return bool(done)

    async def rotation(self, entity: EntityId) -> tuple[Step, datetime] | None:
        """Tell how far an entity's rotation is, and since when."""
        record = await self.tx.conn.fetchrow(
            "SELECT step, at FROM key_rotations WHERE entity_id = $1 FOR UPDATE", entity
        )
        return None if record is None else (record["step"], record["at"])

    async def rotations(self) -> list[EntityId]:
        """List whose keys are being changed."""
        records = await self.tx.conn.fetch("SELECT entity_id FROM key_rotations ORDER BY at")
        return [EntityId(record["entity_id"]) for record in records]

    async def step(self, entity: EntityId, step: Step, *, at: datetime) -> None:
        """Record the next step."""
        await self.tx.conn.execute(
            "UPDATE key_rotations SET step = $2, at = $3 WHERE entity_id = $1", entity, step, at
        )

    async def end(self, entity: EntityId) -> None:
        """Record that a rotation is over."""
        await self.tx.conn.execute("DELETE FROM key_rotations WHERE entity_id = $1", entity)

    async def ask(self, entity: EntityId, by: UUID, *, at: datetime) -> None:
        """Record who wants a key destroyed; the first one stays."""
        await self.tx.conn.execute(
            "INSERT INTO key_shreds (entity_id, asked_by, asked_at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            entity,
            by,
            at,
        )

    async def asked_by(self, entity: EntityId) -> UUID | None:
        """Tell who wants a key destroyed."""
        found: UUID | None = await self.tx.conn.fetchval(
            "SELECT asked_by FROM key_shreds WHERE entity_id = $1 FOR UPDATE", entity
        )
        return found

    async def withdraw(self, entity: EntityId) -> bool:
        """Forget that somebody wants a key destroyed; False where nobody did."""
        done = await self.tx.conn.fetchval(
            "DELETE FROM key_shreds WHERE entity_id = $1 RETURNING true", entity
        )
        return bool(done)
