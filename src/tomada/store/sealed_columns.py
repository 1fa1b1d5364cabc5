"""Every column that an entity's data key seals, so that all of them can be sealed anew.

A ciphertext begins with the id of the key that made it, in five bytes. What is hashed as it stands,
audit and events of consents, is never sealed anew: its keys are kept for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tomada.store.tx import Tx

PREFIX = 5


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column; *row* is the expression that names a row in its seal, *group* the column group."""

    table: str
    column: str
    group: str = ""
    row: str = "id"
    fixed: bool = False


_WITH_RAW = (
    "transactions", "accounts", "bank_consents", "bills", "investments", "investment_transactions",
    "loans", "identities",
)  # fmt: skip
SEALED = (
    *(SealedColumn(table, "sealed") for table in _WITH_RAW),
    *(SealedColumn(table, "sealed_raw", "raw") for table in _WITH_RAW),
    *(SealedColumn(table, "sealed") for table in ("items", "consents", "notifications")),
    SealedColumn("transaction_links", "sealed"),
    SealedColumn("annotations", "sealed", row="transaction_id"),
    SealedColumn("product_freshness", "sealed", row="item_id || '/' || product"),
    SealedColumn("export_parts", "sealed", row="export_id::text || '/' || n::text"),
    SealedColumn("audit", "sealed", fixed=True),
    SealedColumn("consent_events", "sealed", fixed=True),
)


@dataclass(frozen=True, slots=True)
class SealedRows:
    """The sealed values of the transaction's entity, by the key that sealed them."""

    tx: Tx

    async def by_key(self, one: SealedColumn) -> dict[bytes, int]:
        """Count a column's values by the key that made them."""
        records = await self.tx.conn.fetch(
            f"SELECT substring({one.column} FROM 1 FOR {PREFIX}) AS made, count(*) AS n"  # noqa: S608  (names from the list above)
            f" FROM {one.table} WHERE entity_id = $1 AND {one.column} IS NOT NULL GROUP BY 1",
            self.tx.scope(),
        )
        return {record["made"]: record["n"] for record in records}

    async def behind(
        self, one: SealedColumn, prefix: bytes, *, limit: int
    ) -> list[tuple[str, bytes]]:
        """List rows of a column that another key than *prefix* made, with their values."""
        records = await self.tx.conn.fetch(
            f"SELECT ({one.row})::text AS row, {one.column} AS sealed FROM {one.table}"  # noqa: S608  (names from the list above)
            f" WHERE entity_id = $1 AND substring({one.column} FROM 1 FOR {PREFIX}) <> $2"
            " LIMIT $3",
            self.tx.scope(),
            prefix,
            limit,
        )
        return [(record["row"], record["sealed"]) for record in records]

    async def replace(self, one: SealedColumn, rows: Sequence[tuple[str, bytes, bytes]]) -> int:
        """Put new values in the place of those that are still the old ones; gives how many were."""
        status: str = await self.tx.conn.execute(
            f"UPDATE {one.table} SET {one.column} = fresh"  # noqa: S608  (names from the list above)
            " FROM unnest($2::text[], $3::bytea[], $4::bytea[]) AS given (place, old, fresh)"
            f" WHERE entity_id = $1 AND ({one.row})::text = place AND {one.column} = old",
            self.tx.scope(),
            [row for row, _, _ in rows],
            [old for _, old, _ in rows],
            [fresh for _, _, fresh in rows],
        )
        return int(status.rsplit(" ", 1)[1])
