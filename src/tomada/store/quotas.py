"""How often each product of each item was read from its bank, by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tomada.domain.ids import ItemId
from tomada.domain.quotas import ProductUse
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class QuotaRows:
    """The uses of the transaction's entity."""

    tx: Tx

    async def count(
        self, item_id: ItemId, institution: bytes, *, reads: Mapping[str, datetime], month: date
    ) -> None:
        """Count each product's reading, by its time; one that was counted counts no more."""
        await self.tx.conn.execute(
            "INSERT INTO quota_uses AS q"
            " (entity_id, item_id, institution_digest, product, month, used, last_at)"
            " SELECT $1, $2, $3, product, $4, 1, at FROM unnest($5::text[], $6::timestamptz[])"
            " AS r (product, at)"
            " ON CONFLICT (entity_id, item_id, product, month) DO UPDATE"
            " SET used = q.used + 1, last_at = excluded.last_at"
            " WHERE excluded.last_at > q.last_at",
            self.tx.scope(),
            item_id,
            institution,
            month,
            list(reads),
            list(reads.values()),
        )

    async def exhaust(
        self, item_id: ItemId, institution: bytes, *, products: list[str], at: datetime, month: date
    ) -> None:
        """Remember that the bank gives no more of these this month."""
        await self.tx.conn.execute(
            "INSERT INTO quota_uses AS q"
            " (entity_id, item_id, institution_digest, product, month, used, last_at, exhausted_at)"
            " SELECT $1, $2, $3, product, $4, 0, $5, $5 FROM unnest($6::text[]) AS product"
            " ON CONFLICT (entity_id, item_id, product, month) DO UPDATE"
            " SET exhausted_at = coalesce(q.exhausted_at, excluded.exhausted_at)",
            self.tx.scope(),
            item_id,
            institution,
            month,
            at,
            products,
        )

    async def of_month(self, month: date) -> dict[bytes, list[ProductUse]]:
        """Sum the month's uses by institution: its items share the holder's quota."""
        records = await self.tx.conn.fetch(
            "SELECT institution_digest, product, sum(used)::int AS used,"
            " bool_or(exhausted_at IS NOT NULL) AS exhausted FROM quota_uses"
            " WHERE entity_id = $1 AND month = $2 GROUP BY institution_digest, product"
            " ORDER BY product",
            self.tx.scope(),
            month,
        )
        found: dict[bytes, list[ProductUse]] = {}
        for one in records:
            use = ProductUse(one["product"], one["used"], one["exhausted"])
            found.setdefault(one["institution_digest"], []).append(use)
        return found
