"""Pairs of rows that could be the two sides of a transfer between a person's own accounts."""

from dataclasses import dataclass
from datetime import date

from tomada.domain.ids import TransactionId
from tomada.store.tx import Tx

_CANDIDATES = (
    "WITH settled AS (SELECT unnest(ARRAY[row_id, other_id]) AS id FROM transaction_links"
    " WHERE entity_id = $1 AND kind = 'transfer' AND state IN ('automatic', 'confirmed')),"
    " free AS MATERIALIZED (SELECT t.id, t.account_id, t.signed_minor, t.currency, t.day"
    " FROM transactions t JOIN accounts a ON a.entity_id = t.entity_id AND a.id = t.account_id"
    " WHERE t.entity_id = $1 AND t.day >= $2 AND t.gone_at IS NULL AND t.status = 'POSTED'"
    " AND a.type = 'BANK' AND NOT EXISTS (SELECT FROM settled s WHERE s.id = t.id))"
    " SELECT o.id, i.id FROM free o JOIN free i"
    " ON i.signed_minor = -o.signed_minor AND i.currency = o.currency"
    " AND i.account_id <> o.account_id"
    " AND i.day BETWEEN o.day - $3::integer AND o.day + $3::integer"
    " WHERE o.signed_minor < 0"
    " AND NOT EXISTS (SELECT FROM transaction_links l WHERE l.entity_id = $1"
    " AND l.kind = 'transfer' AND l.row_id = o.id AND l.other_id = i.id)"
    " ORDER BY o.day, o.id, i.day, i.id LIMIT $4"
)
# A row is looked up for each link: OFFSET keeps the planner from any other way.
_LINKED = (
    "SELECT t.id, t.gone_at FROM transactions t"
    " WHERE t.entity_id = l.entity_id AND t.id = l.{id} OFFSET 0"
)


@dataclass(frozen=True, slots=True)
class TransferRows:
    """The possible transfers of the transaction's entity."""

    tx: Tx

    async def candidates(
        self, *, since: date, window_days: int, limit: int
    ) -> list[tuple[TransactionId, TransactionId]]:
        """List exactly opposite posted rows of two bank accounts, that were never paired before."""
        async with self.tx.many():
            records = await self.tx.conn.fetch(
                _CANDIDATES, self.tx.scope(), since, window_days, limit
            )
        return [(record[0], record[1]) for record in records]

    async def settled(self) -> frozenset[TransactionId]:
        """List both sides of every transfer that holds and whose two rows are there."""
        records = await self.tx.conn.fetch(
            "SELECT o.id, i.id FROM transaction_links l"  # noqa: S608  (constants)
            f" CROSS JOIN LATERAL ({_LINKED.format(id='row_id')}) o"
            f" CROSS JOIN LATERAL ({_LINKED.format(id='other_id')}) i"
            " WHERE l.entity_id = $1 AND l.kind = 'transfer'"
            " AND l.state IN ('automatic', 'confirmed')"
            " AND o.gone_at IS NULL AND i.gone_at IS NULL",
            self.tx.scope(),
        )
        return frozenset(one for record in records for one in record)
