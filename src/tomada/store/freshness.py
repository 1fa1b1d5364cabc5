"""How fresh each product of each item is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import ItemId
from tomada.domain.products import Product
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class FreshnessRow:
    """One product of one item; *sealed* holds what was ``Said`` of it."""

    item_id: ItemId
    product: Product
    as_of: datetime | None
    complete: bool
    code: str | None
    sealed: bytes
    read_at: datetime | None
    next_expected_at: datetime | None


@dataclass(frozen=True, slots=True)
class FreshnessRows:
    """The freshness of the transaction's entity's items."""

    tx: Tx

    async def all(self, item_id: ItemId | None = None) -> list[FreshnessRow]:
        """List it, of one item where given."""
        records = await self.tx.conn.fetch(
            "SELECT item_id, product, as_of, complete, code, sealed, read_at, next_expected_at"
            " FROM product_freshness WHERE entity_id = $1 AND ($2::text IS NULL OR item_id = $2)"
            " ORDER BY item_id, product",
            self.tx.scope(),
            item_id,
        )
        return [FreshnessRow(**dict(record)) for record in records]

    async def put(self, rows: Sequence[FreshnessRow]) -> None:
        """Replace what is known of these products."""
        await self.tx.conn.executemany(
            "INSERT INTO product_freshness (entity_id, item_id, product, as_of, complete, code,"
            " sealed, read_at, next_expected_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT (entity_id, item_id, product) DO UPDATE SET as_of = $4, complete = $5,"
            " code = $6, sealed = $7, read_at = $8, next_expected_at = $9",
            [
                (
                    self.tx.scope(),
                    row.item_id,
                    row.product,
                    row.as_of,
                    row.complete,
                    row.code,
                    row.sealed,
                    row.read_at,
                    row.next_expected_at,
                )
                for row in rows
            ],
        )

    async def spoil(self, item_id: ItemId, *, code: str) -> None:
        """Say of all products of an item that they are no longer kept up, and why."""
        await self.tx.conn.execute(
            "UPDATE product_freshness SET complete = false, code = $3, next_expected_at = NULL"
            " WHERE entity_id = $1 AND item_id = $2",
            self.tx.scope(),
            item_id,
            code,
        )
