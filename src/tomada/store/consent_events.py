"""What happened to each consent, one after the other: added to and read, never changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tomada.domain.ids import ConsentId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class ConsentEventRow:
    """One event; *sealed* opens to the exact text that *sha256* is of."""

    id: UUID
    consent_id: ConsentId
    n: int
    kind: str
    at: datetime
    sha256: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ConsentEventRows:
    """The consent events of the transaction's entity."""

    tx: Tx

    async def add(self, row: ConsentEventRow) -> None:
        """Add one."""
        await self.tx.conn.execute(
            "INSERT INTO consent_events (entity_id, id, consent_id, n, kind, at, sha256, sealed)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.tx.scope(),
            row.id,
            row.consent_id,
            row.n,
            row.kind,
            row.at,
            row.sha256,
            row.sealed,
        )

    async def of(self, consent_id: UUID) -> list[ConsentEventRow]:
        """List those of one consent, the first one first."""
        records = await self.tx.conn.fetch(
            "SELECT id, consent_id, n, kind, at, sha256, sealed FROM consent_events"
            " WHERE entity_id = $1 AND consent_id = $2 ORDER BY n",
            self.tx.scope(),
            consent_id,
        )
        return [ConsentEventRow(**dict(record)) for record in records]

    async def last(self, consent_id: UUID) -> tuple[int, bytes | None]:
        """Give number and digest of the latest; 0 and None before the first."""
        record = await self.tx.conn.fetchrow(
            "SELECT n, sha256 FROM consent_events"
            " WHERE entity_id = $1 AND consent_id = $2 ORDER BY n DESC LIMIT 1",
            self.tx.scope(),
            consent_id,
        )
        return (0, None) if record is None else (record["n"], record["sha256"])
