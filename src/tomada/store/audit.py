"""The audit log: the serving role may add and read, nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry; *data* has counts and codes, nothing personal."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    object_kind: str | None
    object_id: str | None
    outcome: str
    request_id: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditRows:
    """The entries of the transaction's entity."""

    tx: Tx

    async def add(self, row: AuditRow) -> None:
        """Add an entry; it commits or fails with what it tells of."""
        await self.tx.conn.execute(
            "INSERT INTO audit (entity_id, id, at, actor_kind, actor_id, action, object_kind,"
            " object_id, outcome, request_id, data)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            self.tx.scope(),
            row.id,
            row.at,
            row.actor_kind,
            row.actor_id,
            row.action,
            row.object_kind,
            row.object_id,
            row.outcome,
            row.request_id,
            msgspec.json.encode(row.data).decode(),
        )
