"""Pairs of rows that could be the two sides of a transfer between a person's own accounts."""

from dataclasses import dataclass
from datetime import date

from tomada.domain.ids import TransactionId
from tomada.store.tx import Tx

_FREE = (
    "NOT EXISTS (SELECT FROM transaction_links l WHERE l.entity_id = {row}.entity_id"
    " AND l.kind = 'transfer' AND l.state IN ('automatic', 'confirmed')"
    " AND {row}.id IN (l.row_id, l.other_id))"
)


@dataclass(frozen=True, slots=True)
class TransferRows:
    """The possible transfers of the transaction's entity."""

    tx: Tx

    async def candidates(
        self, *, since: date, window_days: int, limit: int
    ) -> list[tuple[TransactionId, TransactionId]]:
        """List exactly opposite posted rows of two bank accounts, that were never paired before."""
        records = await self.tx.conn.fetch(
            "SELECT o.id, i.id FROM transactions o JOIN transactions i"  # noqa: S608  (constants)
            " ON i.entity_id = o.entity_id AND i.signed_minor = -o.signed_minor"
            " AND i.currency = o.currency AND i.account_id <> o.account_id"
            " AND i.day BETWEEN o.day - $3::integer AND o.day + $3::integer"
            " JOIN accounts a ON a.entity_id = o.entity_id AND a.id = o.account_id"
            " JOIN accounts b ON b.entity_id = i.entity_id AND b.id = i.account_id"
            " WHERE o.entity_id = $1 AND o.signed_minor < 0 AND o.day >= $2 AND i.day >= $2"
            " AND o.gone_at IS NULL AND i.gone_at IS NULL"
            " AND o.status = 'POSTED' AND i.status = 'POSTED'"
            " AND a.type = 'BANK' AND b.type = 'BANK'"
            f" AND {_FREE.format(row='o')} AND {_FREE.format(row='i')}"
            " AND NOT EXISTS (SELECT FROM transaction_links l WHERE l.entity_id = o.entity_id"
            " AND l.kind = 'transfer' AND l.row_id = o.id AND l.other_id = i.id)"
            " ORDER BY o.day, o.id, i.day, i.id LIMIT $4",
            self.tx.scope(),
            since,
            window_days,
            limit,
        )
        return [(record[0], record[1]) for record in records]

    async def settled(self) -> frozenset[TransactionId]:
        """List both sides of every transfer that holds and whose two rows are there."""
        records = await self.tx.conn.fetch(
            "SELECT o.id, i.id FROM transaction_links l"
            " JOIN transactions o ON o.entity_id = l.entity_id AND o.id = l.row_id"
            " JOIN transactions i ON i.entity_id = l.entity_id AND i.id = l.other_id"
            " WHERE l.entity_id = $1 AND l.kind = 'transfer'"
            " AND l.state IN ('automatic', 'confirmed')"
            " AND o.gone_at IS NULL AND i.gone_at IS NULL",
            self.tx.scope(),
        )
        return frozenset(one for record in records for one in record)
