"""Payments of card bills: which rows are their sides, and which bill they paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from tomada.domain.bill_payments import Payment
from tomada.domain.ids import AccountId
from tomada.store.tx import Tx

_FIELDS = "bank_id, card_id, account_id, bill_id, day, amount_minor, currency, rule, certain"


@dataclass(frozen=True, slots=True)
class BillPaymentRows:
    """The bill payments of the transaction's entity."""

    tx: Tx

    async def lock(self) -> None:
        """Let one reading at a time bring the entity's payments together."""
        await self.tx.conn.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7084301))",
            str(self.tx.scope()),
        )

    async def all(self, account_id: AccountId | None = None) -> list[Payment]:
        """List payments by day, of one card where given."""
        records = await self.tx.conn.fetch(
            f"SELECT {_FIELDS} FROM bill_payments"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND ($2::text IS NULL OR account_id = $2) ORDER BY day, id",
            self.tx.scope(),
            account_id,
        )
        return [Payment(**dict(record)) for record in records]

    async def replace(
        self, *, wrong: Sequence[Payment], right: Sequence[Payment], at: datetime
    ) -> None:
        """Take back links that no longer hold, and write those that do."""
        await self.tx.conn.executemany(
            "DELETE FROM bill_payments WHERE entity_id = $1"
            " AND bank_id IS NOT DISTINCT FROM $2 AND card_id IS NOT DISTINCT FROM $3",
            [(self.tx.scope(), one.bank_id, one.card_id) for one in wrong],
        )
        await self.tx.conn.executemany(
            f"INSERT INTO bill_payments (entity_id, id, found_at, {_FIELDS})"  # noqa: S608  (constants)
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            [
                (
                    self.tx.scope(), uuid7(), at, one.bank_id, one.card_id, one.account_id,
                    one.bill_id, one.day, one.amount_minor, one.currency, one.rule, one.certain,
                )
                for one in right
            ],
        )  # fmt: skip
