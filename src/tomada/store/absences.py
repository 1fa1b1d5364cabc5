"""Rows that complete readings did not find; nothing is written about a row that is there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tomada.domain.ids import AccountId, TransactionId
from tomada.store.tx import Tx

_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class Missing:
    """A live row that a complete reading did not find; *since* is the first such reading."""

    id: TransactionId
    pluggy_id: str
    status: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class AbsenceRows:
    """What is known of absences among the transactions of the transaction's entity."""

    tx: Tx

    async def compare(
        self, account_id: AccountId, seen: Collection[str], *, day_from: date
    ) -> list[Missing]:
        """List live rows from *day_from* on that are not among Pluggy's ids *seen*.

        Rows that were missing and are among them are so no longer. There may be very many rows, so
        they are passed by and not held; for the same reason *seen* is to answer at once whether it has an id.
        """
        missing: list[Missing] = []
        back: list[TransactionId] = []
        async for record in self.tx.conn.cursor(
            "SELECT day, id, pluggy_id, status, missing_since FROM transactions"
            " WHERE entity_id = $1 AND account_id = $2 AND gone_at IS NULL",
            self.tx.scope(),
            account_id,
            prefetch=_AT_A_TIME,
        ):
            day, *row = record
            one = Missing(*row)
            if one.pluggy_id in seen:
                if one.since is not None:
                    back.append(one.id)
            elif day >= day_from:
                missing.append(one)
        await self.tx.conn.execute(
            "UPDATE transactions SET missing_since = NULL WHERE entity_id = $1 AND id = ANY($2)",
            self.tx.scope(),
            back,
        )
        return sorted(missing, key=lambda one: one.id)

    async def found(self, account_id: AccountId, seen: Sequence[str]) -> None:
        """Forget that rows were missing which have been seen again."""
        await self.tx.conn.execute(
            "UPDATE transactions SET missing_since = NULL"
            " WHERE entity_id = $1 AND account_id = $2 AND missing_since IS NOT NULL"
            " AND gone_at IS NULL AND pluggy_id = ANY($3)",
            self.tx.scope(),
            account_id,
            list(seen),
        )

    async def mark(
        self, ids: Sequence[TransactionId], *, at: datetime, seen_until: datetime | None
    ) -> None:
        """Record that live rows were missing for the first time in the reading at *at*."""
        await self.tx.conn.execute(
            "UPDATE transactions SET missing_since = $3, seen_until = greatest(seen_until, $4)"
            " WHERE entity_id = $1 AND id = ANY($2) AND missing_since IS NULL",
            self.tx.scope(),
            list(ids),
            at,
            seen_until,
        )

    async def keep(self, ids: Sequence[TransactionId]) -> None:
        """Record that rows stay although they are missing, until they are seen again."""
        await self.tx.conn.execute(
            "UPDATE transactions SET missing_since = 'infinity'"
            " WHERE entity_id = $1 AND id = ANY($2) AND missing_since IS NOT NULL",
            self.tx.scope(),
            list(ids),
        )

    async def still(self, ids: Sequence[TransactionId]) -> list[str]:
        """List Pluggy's ids of those rows that are alive and still missing."""
        records = await self.tx.conn.fetch(
            "SELECT pluggy_id FROM transactions WHERE entity_id = $1 AND id = ANY($2)"
            " AND gone_at IS NULL AND missing_since IS NOT NULL",
            self.tx.scope(),
            list(ids),
        )
        return [record["pluggy_id"] for record in records]

    async def live(self, account_id: AccountId) -> int:
        """Count the account's live rows."""
        count: int = await self.tx.conn.fetchval(
            "SELECT count(*) FROM transactions"
            " WHERE entity_id = $1 AND account_id = $2 AND gone_at IS NULL",
            self.tx.scope(),
            account_id,
        )
        return count

    async def forget(self, account_id: AccountId, *, before: datetime) -> None:
        """Drop tombstones that are older than *before*."""
        await self.tx.conn.execute(
            "DELETE FROM transactions WHERE entity_id = $1 AND account_id = $2 AND gone_at < $3",
            self.tx.scope(),
            account_id,
            before,
        )
