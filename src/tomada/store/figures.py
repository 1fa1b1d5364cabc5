"""What the tables without a person in them say of the installation's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import EntityId, ItemId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class QueueState:
    """Jobs that could start, since when the oldest could, and items nobody comes for."""

    waiting: int
    since: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class HookState:
    """When the registration was looked at, and what was last amiss."""

    checked_at: datetime | None
    drift: str | None
    drift_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemState:
    """One connection's status, and of each product whether and how it is kept up."""

    item_id: ItemId
    status: str
    products: tuple[tuple[str, bool, datetime | None, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class FigureRows:
    """Counts over all entities, of tables that hold ids and instants only."""

    tx: Tx

    async def now(self) -> datetime:
        """Tell the time by the database server's clock."""
        at: datetime = await self.tx.conn.fetchval("SELECT clock_timestamp()")
        return at

    async def inbox(self) -> dict[str, int]:
        """Count what is not done, by state; what is done is only ever counted by deliveries."""
        records = await self.tx.conn.fetch(
            "SELECT CASE WHEN i.state = 'new' AND w.not_before = 'infinity' THEN 'parked'"
            " ELSE i.state END AS state, count(*) AS n"
            " FROM inbox i LEFT JOIN work w ON w.item_id = i.item_id"
            " WHERE i.state IN ('new', 'unbound', 'quarantined') GROUP BY 1"
        )
        return {record["state"]: record["n"] for record in records}

    async def queue(self, *, now: datetime) -> QueueState:
        """Count jobs that are due and not begun, and items that are parked."""
        record = await self.tx.conn.fetchrow(
            "SELECT (SELECT count(*) FROM pgqueuer WHERE status = 'queued'"
            " AND execute_after <= $1) AS waiting,"
            " (SELECT min(execute_after) FROM pgqueuer WHERE status = 'queued'"
            " AND execute_after <= $1) AS since,"
            " (SELECT count(*) FROM work WHERE wanted > done AND not_before = 'infinity')"
            " AS parked",
            now,
        )
        return QueueState(record["waiting"], record["since"], record["parked"])

    async def readings(self, *, now: datetime) -> dict[str, int]:
        """Count the connections that are read now, that wait for it, and that are parked."""
        record = await self.tx.conn.fetchrow(
            "SELECT count(*) FILTER (WHERE lease_until > $1) AS running,"
            " count(*) FILTER (WHERE wanted > done AND (lease_until IS NULL OR lease_until <= $1)"
            " AND not_before IS DISTINCT FROM 'infinity') AS waiting,"
            " count(*) FILTER (WHERE wanted > done AND not_before = 'infinity') AS parked,"
            " count(*) FILTER (WHERE wanted <= done) AS done FROM work",
            now,
        )
        return dict(record)

    async def hook(self) -> HookState | None:
        """Tell how the registration stood when it was last looked at."""
        record = await self.tx.conn.fetchrow(
            "SELECT checked_at, drift, drift_at FROM hooks LIMIT 1"
        )
        return None if record is None else HookState(*record)

    async def allowances(self, *, since: datetime) -> dict[str, int]:
        """Count the calls that were let go since then, by endpoint family."""
        records = await self.tx.conn.fetch(
            "SELECT l.family, coalesce(sum(p.count) FILTER (WHERE p.at > $1), 0)::int AS used"
            " FROM allowance_lines l LEFT JOIN allowance_places p ON p.family = l.family"
            " GROUP BY l.family",
            since,
        )
        return {record["family"]: record["used"] for record in records}

    async def items(self) -> list[ItemState]:
        """List how the connections of the transaction's entity stand."""
        records = await self.tx.conn.fetch(
            "SELECT i.id, i.status, f.product, f.complete, f.as_of, f.next_expected_at"
            " FROM items i LEFT JOIN product_freshness f"
            " ON f.entity_id = i.entity_id AND f.item_id = i.id"
            " WHERE i.entity_id = $1 ORDER BY i.id",
            self.tx.scope(),
        )
        found: dict[tuple[str, str], list[tuple[str, bool, datetime | None, datetime | None]]] = {}
        for item_id, status, product, *rest in records:
            products = found.setdefault((item_id, status), [])
            if product is not None:
                complete, as_of, expected = rest
                products.append((product, complete, as_of, expected))
        return [ItemState(ItemId(i), status, tuple(p)) for (i, status), p in found.items()]

    async def gaps(self) -> int:
        """Count the accounts of the transaction's entity whose balance proof is open."""
        count: int = await self.tx.conn.fetchval(
            "SELECT count(DISTINCT account_id) FROM balance_cases"
            " WHERE entity_id = $1 AND closed_at IS NULL",
            self.tx.scope(),
        )
        return count

    async def anchored(self) -> datetime | None:
        """Tell when the audit logs were last anchored anywhere."""
        at: datetime | None = await self.tx.conn.fetchval("SELECT max(at) FROM audit_anchors")
        return at

    async def ending_since(self) -> datetime | None:
        """Tell since when Pluggy is asked to delete the oldest connection it still has."""
        at: datetime | None = await self.tx.conn.fetchval(
            "SELECT min(requested_at) FROM item_endings WHERE confirmed_at IS NULL"
        )
        return at

    async def latest_actions(self, actions: Sequence[str]) -> dict[tuple[str, str], datetime]:
        """Tell when the log of the transaction's entity last had each action, by outcome."""
        records = await self.tx.conn.fetch(
            "SELECT action, outcome, max(at) AS at FROM audit"
            " WHERE entity_id = $1 AND action = ANY($2) GROUP BY action, outcome",
            self.tx.scope(),
            list(actions),
        )
        return {(record["action"], record["outcome"]): record["at"] for record in records}

    async def entities(self, *, after: EntityId | None, limit: int) -> list[EntityId]:
        """List entities that have a connection, in a fixed order."""
        records = await self.tx.conn.fetch(
            "SELECT DISTINCT entity_id FROM item_routes"
            " WHERE $1::uuid IS NULL OR entity_id > $1 ORDER BY entity_id LIMIT $2",
            after,
            limit,
        )
        return [EntityId(record["entity_id"]) for record in records]
