"""What people wrote to their rows, by our id of the row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import TransactionId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class AnnotationRow:
    """An annotation as stored; *sealed* holds the texts."""

    transaction_id: TransactionId
    hidden: bool
    sealed: bytes


@dataclass(frozen=True, slots=True)
class AnnotationRows:
    """The annotations of the transaction's entity."""

    tx: Tx

    async def of(self, ids: Sequence[TransactionId]) -> dict[TransactionId, AnnotationRow]:
        """Find those of some rows."""
        records = await self.tx.conn.fetch(
            "SELECT transaction_id, hidden, sealed FROM annotations"
            " WHERE entity_id = $1 AND transaction_id = ANY($2)",
            self.tx.scope(),
            list(ids),
        )
        return {record["transaction_id"]: AnnotationRow(*record) for record in records}

    async def all(self) -> list[AnnotationRow]:
        """List every one."""
        records = await self.tx.conn.fetch(
            "SELECT transaction_id, hidden, sealed FROM annotations WHERE entity_id = $1",
            self.tx.scope(),
        )
        return [AnnotationRow(*record) for record in records]

    async def put(self, row: AnnotationRow, *, at: datetime) -> None:
        """Write one; raises ``ForeignKeyViolationError`` where the row is not there."""
        await self.tx.conn.execute(
            "INSERT INTO annotations (entity_id, transaction_id, hidden, sealed, changed_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (entity_id, transaction_id)"
            " DO UPDATE SET hidden = $3, sealed = $4, changed_at = $5",
            self.tx.scope(),
            row.transaction_id,
            row.hidden,
            row.sealed,
            at,
        )

    async def remove(self, row_id: TransactionId) -> None:
        """Drop one."""
        await self.tx.conn.execute(
            "DELETE FROM annotations WHERE entity_id = $1 AND transaction_id = $2",
            self.tx.scope(),
            row_id,
        )
