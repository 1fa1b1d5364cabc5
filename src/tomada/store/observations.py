"""Rows as the rules of identity look at them: those that vanished, and what is around them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import asyncpg

from tomada.domain.ids import AccountId, TransactionId
from tomada.store.transactions import WRITTEN_NAMES, TransactionRow
from tomada.store.tx import Tx


class Seen(NamedTuple):
    """A whole row, when it certainly was at Pluggy for the last time, and whether it is annotated."""

    row: TransactionRow
    present: datetime | None
    marked: bool


_COLUMNS = ", ".join(f"t.{name}" for name in (*WRITTEN_NAMES, "gone_at", "gone_reason"))
_FROM = (
    f"SELECT {_COLUMNS}, t.seen_until, a.transaction_id IS NOT NULL AS marked FROM transactions t"  # noqa: S608  (constant columns)
    " LEFT JOIN annotations a ON a.entity_id = t.entity_id AND a.transaction_id = t.id"
    " WHERE t.entity_id = $1"
)


def _seen(record: asyncpg.Record) -> Seen:
    values = dict(record)
    present, marked = values.pop("seen_until"), values.pop("marked")
    return Seen(TransactionRow(**values), present, marked)


@dataclass(frozen=True, slots=True)
class ObservationRows:
    """The observations of the transaction's entity."""

    tx: Tx

    async def of(self, ids: Sequence[TransactionId]) -> list[Seen]:
        """Read rows whole, tombstones included."""
        records = await self.tx.conn.fetch(
            f"{_FROM} AND t.id = ANY($2) ORDER BY t.id", self.tx.scope(), list(ids)
        )
        return [_seen(record) for record in records]

    async def gone(self, account_id: AccountId, *, since: datetime) -> list[Seen]:
        """List an account's tombstones since a time."""
        records = await self.tx.conn.fetch(
            f"{_FROM} AND t.account_id = $2 AND t.gone_at >= $3 ORDER BY t.id",
            self.tx.scope(),
            account_id,
            since,
        )
        return [_seen(record) for record in records]

    async def around(
        self, account_id: AccountId, *, first: date, last: date, but: Sequence[TransactionId]
    ) -> list[Seen]:
        """List an account's live rows of some days."""
        records = await self.tx.conn.fetch(
            f"{_FROM} AND t.account_id = $2 AND t.gone_at IS NULL AND t.day BETWEEN $3 AND $4"
            " AND t.id <> ALL($5) ORDER BY t.id",
            self.tx.scope(),
            account_id,
            first,
            last,
            list(but),
        )
        return [_seen(record) for record in records]

    async def twins(self, ids: Sequence[TransactionId], *, limit: int) -> list[str]:
        """List Pluggy's ids of older live rows that new ones may be the same movements as.

        They are equal and at most three days apart, or an authorisation of about the amount.
        """
        records = await self.tx.conn.fetch(
            "SELECT DISTINCT o.pluggy_id FROM transactions n JOIN transactions o"
            " ON o.entity_id = n.entity_id AND o.account_id = n.account_id AND o.gone_at IS NULL"
            " AND o.day BETWEEN n.day - 7 AND n.day + 7 AND o.id <> ALL($2)"
            " AND ((o.fingerprint = n.fingerprint AND o.day BETWEEN n.day - 3 AND n.day + 3)"
            " OR (o.status = 'PENDING' AND n.status <> 'PENDING' AND o.direction = n.direction"
            " AND abs(n.signed_minor) BETWEEN abs(o.signed_minor)"
            " AND abs(o.signed_minor) * 13 / 10))"
            " WHERE n.entity_id = $1 AND n.id = ANY($2) LIMIT $3",
            self.tx.scope(),
            list(ids),
            limit,
        )
        return [record["pluggy_id"] for record in records]

    async def present(
        self, account_id: AccountId, pluggy_ids: Sequence[str], *, at: datetime
    ) -> None:
        """Record that rows certainly were at Pluggy at a time."""
        await self.tx.conn.execute(
            "UPDATE transactions SET seen_until = greatest(seen_until, $4)"
            " WHERE entity_id = $1 AND account_id = $2 AND pluggy_id = ANY($3)"
            " AND gone_at IS NULL",
            self.tx.scope(),
            account_id,
            list(pluggy_ids),
            at,
        )
