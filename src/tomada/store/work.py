"""What is left to do for each item, and who is doing it.

``wanted`` counts requests, ``done`` the last request that a finished run had seen: however many
requests come in during a run, one more run serves them. A run holds a lease with a fencing number
that every writing transaction checks, so a run that was overtaken cannot write.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tomada.domain.errors import StaleWriterError
from tomada.domain.ids import EntityId, ItemId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Lease:
    """A run's right to write an item, and what it has to serve."""

    item_id: ItemId
    fence: int
    seen: int
    full: bool
    failures: int


@dataclass(frozen=True, slots=True)
class WorkRows:
    """The work list; ids only."""

    tx: Tx

    async def lock(self, item_id: ItemId) -> None:
        """Make others who start or take a run of the item wait until commit.

        It comes before any other lock of a transaction, as in every run.
        """
        await self.tx.conn.execute("SELECT 1 FROM work WHERE item_id = $1 FOR UPDATE", item_id)

    async def want(self, item_id: ItemId, *, full: bool) -> None:
        """Ask for one more run, a complete comparison where *full*; clears any waiting time."""
        await self.tx.conn.execute(
            "UPDATE work SET wanted = wanted + 1, not_before = NULL, failures = 0,"
            " full_wanted = CASE WHEN $2 THEN wanted + 1 ELSE full_wanted END,"
            " compare_at = CASE WHEN $2 THEN NULL ELSE compare_at END"
            " WHERE item_id = $1",
            item_id,
            full,
        )

    async def drop(self, item_id: ItemId) -> None:
        """Want nothing of the item any more, and overtake whoever reads it."""
        await self.tx.conn.execute(
            "UPDATE work SET done = wanted, fence = fence + 1, holder = NULL, lease_until = NULL"
            " WHERE item_id = $1",
            item_id,
        )

    async def take(
        self, item_id: ItemId, holder: UUID, *, now: datetime, lease: timedelta
    ) -> Lease | None:
        """Take the item's lease.

        None where nothing is wanted, another run holds it, or the entity is suspended.
        """
        row = await self.tx.conn.fetchrow(
            "UPDATE work SET holder = $2, fence = fence + 1, lease_until = $4"
            " WHERE item_id = $1 AND wanted > done"
            " AND (lease_until IS NULL OR lease_until <= $3)"
            " AND (not_before IS NULL OR not_before <= $3)"
            " AND EXISTS (SELECT 1 FROM item_routes r JOIN entities e ON e.id = r.entity_id"
            "  WHERE r.item_id = work.item_id AND e.suspended_at IS NULL)"
            " RETURNING fence, wanted, full_wanted > done AS full, failures",
            item_id,
            holder,
            now,
            now + lease,
        )
        if row is None:
            return None
        return Lease(item_id, row["fence"], row["wanted"], row["full"], row["failures"])

    async def hold(self, lease: Lease, *, until: datetime) -> None:
        """Check the fencing number and renew, in the transaction that writes.

        Raises ``StaleWriterError`` where another run took over, the item is gone, or the lease was
        given back: a renewal that was under way then must not revive it.
        """
        row = await self.tx.conn.fetchval(
            "UPDATE work SET lease_until = $3"
            " WHERE item_id = $1 AND fence = $2 AND holder IS NOT NULL RETURNING true",
            lease.item_id,
            lease.fence,
            until,
        )
        if row is None:
            raise StaleWriterError("another run took this item over")

    async def finish(self, lease: Lease) -> bool:
        """Give the lease back as served; True where more was asked for meanwhile."""
        more = await self.tx.conn.fetchval(
            "UPDATE work SET done = $3, holder = NULL, lease_until = NULL, failures = 0,"
            " not_before = NULL WHERE item_id = $1 AND fence = $2 RETURNING wanted > $3",
            lease.item_id,
            lease.fence,
            lease.seen,
        )
        if more is None:
            raise StaleWriterError("another run took this item over")
        return bool(more)

    async def again(self, lease: Lease, *, not_before: datetime) -> None:
        """Want one more run from *not_before* on, of a lease just given back as served.

        Failures count on, so that the pauses grow. A run that somebody wants anyway is enough.
        """
        await self.tx.conn.execute(
            "UPDATE work SET wanted = wanted + 1, not_before = $3, failures = $4"
            " WHERE item_id = $1 AND fence = $2 AND wanted = done",
            lease.item_id,
            lease.fence,
            not_before,
            lease.failures + 1,
        )

    async def compare(self, lease: Lease, *, at: datetime) -> None:
        """Plan the item's next complete reading; one that is wanted before takes its place."""
        await self.tx.conn.execute(
            "UPDATE work SET compare_at = $3 WHERE item_id = $1 AND fence = $2"
            " AND full_wanted <= $4",
            lease.item_id,
            lease.fence,
            at,
            lease.seen,
        )

    async def to_compare(self, *, now: datetime) -> list[tuple[ItemId, EntityId]]:
        """List the items whose planned complete reading is due, and whose they are."""
        records = await self.tx.conn.fetch(
            "SELECT w.item_id, r.entity_id FROM work w JOIN item_routes r ON r.item_id = w.item_id"
            " JOIN entities e ON e.id = r.entity_id AND e.suspended_at IS NULL"
            " WHERE w.compare_at <= $1 ORDER BY w.compare_at",
            now,
        )
        return [(ItemId(r["item_id"]), EntityId(r["entity_id"])) for r in records]

    async def pause(self, lease: Lease, *, not_before: datetime) -> None:
        """Give the lease back unserved, to be gone on with from *not_before* on."""
        await self.tx.conn.execute(
            "UPDATE work SET holder = NULL, lease_until = NULL, not_before = $3"
            " WHERE item_id = $1 AND fence = $2",
            lease.item_id,
            lease.fence,
            not_before,
        )

    async def fail(self, lease: Lease, *, not_before: datetime | None) -> None:
        """Give the lease back unserved, to be tried from *not_before* on; None parks it."""
        await self.tx.conn.execute(
            "UPDATE work SET holder = NULL, lease_until = NULL, failures = failures + 1,"
            " not_before = coalesce($3, 'infinity'::timestamptz)"
            " WHERE item_id = $1 AND fence = $2",
            lease.item_id,
            lease.fence,
            not_before,
        )

    async def left(self, *, now: datetime) -> list[ItemId]:
        """List items that want a run which nobody is doing: what a dead process left behind."""
        records = await self.tx.conn.fetch(
            "SELECT w.item_id FROM work w JOIN item_routes r ON r.item_id = w.item_id"
            " JOIN entities e ON e.id = r.entity_id AND e.suspended_at IS NULL"
            " WHERE w.wanted > w.done"
            " AND (w.lease_until IS NULL OR w.lease_until <= $1)"
            " AND (w.not_before IS NULL OR w.not_before <= $1)",
            now,
        )
        return [ItemId(r["item_id"]) for r in records]
