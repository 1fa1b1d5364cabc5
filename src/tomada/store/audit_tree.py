"""The leaves of all logs in one order, the signed checkpoints over them, and where those were put.

No row here says what happened or to whom: hashes, numbers, times.
"""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import EntityId
from tomada.domain.merkle import Tree
from tomada.store.tx import Tx

# One process at a time orders and signs; the number is arbitrary but fixed.
_SEQUENCER = 7_084_301_957
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint as kept, with the tree it was made from."""

    tree: Tree
    note: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class TreeRows:
    """The tree of the installation."""

    tx: Tx

    async def lock(self) -> bool:
        """Become the only one that orders and signs, until the end of the transaction."""
        got: bool = await self.tx.conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", _SEQUENCER)
        return got

    async def merge(self, *, at: datetime) -> int:
        """Put leaves that came in behind the others, each log's in its order; gives how many."""
        status: str = await self.tx.conn.execute(
            "WITH taken AS ("
            " DELETE FROM audit_pending WHERE id IN"
            "  (SELECT id FROM audit_pending ORDER BY id LIMIT $1)"
            " RETURNING id, entity_id, seq, leaf)"
            " INSERT INTO audit_leaves (n, entity_id, seq, leaf, at)"
            " SELECT coalesce((SELECT max(n) + 1 FROM audit_leaves), 0)"
            "  + row_number() OVER (ORDER BY id) - 1, entity_id, seq, leaf, $2 FROM taken",
            _AT_ONCE,
            at,
        )
        return int(status.rsplit(" ", 1)[1])

    async def leaves(self, *, since: int) -> list[tuple[int, bytes]]:
        """List numbers and hashes from number *since* on, in order; not all where they are many."""
        records = await self.tx.conn.fetch(
            "SELECT n, leaf FROM audit_leaves WHERE n >= $1 ORDER BY n LIMIT $2", since, _AT_ONCE
        )
        return [(record["n"], record["leaf"]) for record in records]

    async def waiting(self, *, since: int) -> tuple[int, datetime | None]:
        """Count the leaves from number *since* on, and tell since when the oldest waits."""
        record = await self.tx.conn.fetchrow(
            "SELECT count(*) AS n, min(at) AS oldest FROM audit_leaves WHERE n >= $1", since
        )
        return record["n"], record["oldest"]

    async def size(self) -> int:
        """Count the leaves."""
        size: int = await self.tx.conn.fetchval("SELECT coalesce(max(n) + 1, 0) FROM audit_leaves")
        return size

    async def places(self) -> dict[tuple[EntityId, int], int]:
        """Tell the number in the tree of each entry that has one."""
        records = await self.tx.conn.fetch("SELECT entity_id, seq, n FROM audit_leaves")
        return {(EntityId(one["entity_id"]), one["seq"]): one["n"] for one in records}

    async def logs(self) -> list[EntityId]:
        """Name everybody who has a leaf or a key, which is everybody with a log."""
        records = await self.tx.conn.fetch(
            "SELECT DISTINCT entity_id FROM audit_leaves UNION SELECT entity_id FROM audit_pending"
            " UNION SELECT id FROM entities ORDER BY 1"
        )
        return [EntityId(record["entity_id"]) for record in records]

    async def last(self) -> Signed | None:
        """Give the newest checkpoint; raises ``ValueError`` where its peaks are not of its size."""
        record = await self.tx.conn.fetchrow(
            "SELECT size, peaks, note, at FROM audit_checkpoints ORDER BY size DESC LIMIT 1"
        )
        if record is None:
            return None
        return Signed(Tree.unpacked(record["size"], record["peaks"]), record["note"], record["at"])

    async def add(self, tree: Tree, note: bytes, *, at: datetime) -> None:
        """Keep a checkpoint."""
        await self.tx.conn.execute(
            "INSERT INTO audit_checkpoints (size, peaks, note, at) VALUES ($1, $2, $3, $4)",
            tree.size,
            tree.packed,
            note,
            at,
        )

    async def notes(self) -> list[bytes]:
        """List all checkpoints, the smallest first."""
        records = await self.tx.conn.fetch("SELECT note FROM audit_checkpoints ORDER BY size")
        return [record["note"] for record in records]

    async def anchored(self) -> dict[str, tuple[int, datetime]]:
        """Tell for each place the largest checkpoint that was put there, and when."""
        records = await self.tx.conn.fetch(
            "SELECT DISTINCT ON (place) place, size, at FROM audit_anchors"
            " ORDER BY place, size DESC"
        )
        return {record["place"]: (record["size"], record["at"]) for record in records}

    async def mark_anchored(self, place: str, size: int, *, at: datetime) -> None:
        """Record that a checkpoint was put somewhere."""
        await self.tx.conn.execute(
            "INSERT INTO audit_anchors (place, size, at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            place,
            size,
            at,
        )
