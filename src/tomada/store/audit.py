"""The audit log: the serving role may add and read, nothing else.

Adding moves the head of the entity's log, gives the entry its number and its chain, and leaves its
leaf for the tree, in one statement. What PostgreSQL hashes here is hashed again by whoever verifies.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from tomada.domain.audit import START, AuditEntry, Chained, canonical
from tomada.domain.ids import EntityId
from tomada.store.tx import Tx

_LEAF = "sha256('\\x00'::bytea || int8send({seq}) || $2::bytea)"
_NEXT = _LEAF.format(seq="h.seq + 1")
_ADD = f"""
WITH head AS (
  INSERT INTO audit_heads AS h (entity_id, seq, leaf, chain)
  SELECT $1, 1, one, sha256('\\x02'::bytea || '\\x{START.hex()}'::bytea || one)
  FROM (SELECT {_LEAF.format(seq="1::bigint")} AS one) AS first
  ON CONFLICT (entity_id) DO UPDATE SET
    seq = h.seq + 1, leaf = {_NEXT}, chain = sha256('\\x02'::bytea || h.chain || {_NEXT})
  RETURNING seq, leaf, chain
), added AS (
  INSERT INTO audit (entity_id, seq, chain, id, at, actor_kind, actor_id, action, object_kind,
    object_id, outcome, request_id, consent_id, reason, data, sealed)
  SELECT $1, seq, chain, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 FROM head
)
INSERT INTO audit_pending (entity_id, seq, leaf) SELECT $1, seq, leaf FROM head
"""  # noqa: S608  (constant parts)
_COLUMNS = (
    "entity_id, seq, chain, id, at, actor_kind, actor_id, action, object_kind, object_id,"
    " outcome, request_id, consent_id, reason, data, sealed"
)
_AT_ONCE = 1000


def _chained(record: asyncpg.Record) -> Chained:
    entry = AuditEntry(
        id=record["id"],
        entity=EntityId(record["entity_id"]),
        at=record["at"],
        actor_kind=record["actor_kind"],
        actor=record["actor_id"],
        action=record["action"],
        object_kind=record["object_kind"],
        object_name=record["object_id"],
        outcome=record["outcome"],
        request_id=record["request_id"],
        consent_id=record["consent_id"],
        reason=record["reason"],
        data=msgspec.json.decode(record["data"]),
        sealed=record["sealed"],
    )
    # What was written before there was a chain has none, and no number.
    return Chained(entry, record["seq"] or 0, record["chain"] or b"")


@dataclass(frozen=True, slots=True)
class AuditRows:
    """The log of the transaction's entity; that of the installation where it has none."""

    tx: Tx

    async def append(self, entry: AuditEntry) -> None:
        """Add an entry; it commits or fails with what it tells of."""
        if self.tx.entity is None:
            await self.tx.conn.execute(
                "SELECT set_config('tomada.entity', $1, true)", str(entry.entity)
            )
        await self.tx.conn.execute(
            _ADD,
            entry.entity,
            entry.encoded(),
            entry.id,
            entry.at,
            entry.actor_kind,
            entry.actor,
            entry.action,
            entry.object_kind,
            entry.object_name,
            entry.outcome,
            entry.request_id,
            entry.consent_id,
            entry.reason,
            canonical(entry.data),
            entry.sealed,
        )

    async def entries(self, *, before: datetime | None = None, limit: int = 100) -> list[Chained]:
        """List entries, the newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM audit"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND ($2::timestamptz IS NULL OR at < $2)"
            " ORDER BY at DESC, id DESC LIMIT $3",
            self.tx.scope(),
            before,
            limit,
        )
        return [_chained(record) for record in records]

    async def chained(self) -> AsyncIterator[Chained]:
        """Give all entries of the chain in their order."""
        after = 0
        while True:
            records = await self.tx.conn.fetch(
                f"SELECT {_COLUMNS} FROM audit"  # noqa: S608  (constant columns)
                " WHERE entity_id = $1 AND seq > $2 ORDER BY seq, id LIMIT $3",
                self.tx.scope(),
                after,
                _AT_ONCE,
            )
            for record in records:
                yield _chained(record)
            if len(records) < _AT_ONCE:
                return
            after = records[-1]["seq"]

    async def unchained(self) -> list[AuditEntry]:
        """List what is in the log but not in the chain, in the order of the ids."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM audit"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND seq IS NULL ORDER BY id",
            self.tx.scope(),
        )
        return [_chained(record).entry for record in records]

    async def head(self) -> tuple[int, bytes] | None:
        """Give the number of the last entry and the chain after it."""
        record = await self.tx.conn.fetchrow(
            "SELECT seq, chain FROM audit_heads WHERE entity_id = $1", self.tx.scope()
        )
        return None if record is None else (record["seq"], record["chain"])

    async def about(self, kind: str, name: str) -> list[Chained]:
        """List what was done to one thing, named by its pseudonym; the first entry first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM audit WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " AND object_kind = $2 AND object_id = $3 ORDER BY at, id",
            self.tx.scope(),
            kind,
            name,
        )
        return [_chained(record) for record in records]
