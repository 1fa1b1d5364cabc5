"""Accounts, with the mark up to which their transactions were read."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from tomada.domain.ids import AccountId, ItemId
from tomada.store.listed import Listing
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as stored; *sealed* holds its ``AccountDetail``, *sealed_raw* Pluggy's object."""

    id: AccountId
    item_id: ItemId
    type: str
    subtype: str
    currency: str
    balance_minor: int | None
    credit_limit_minor: int | None
    available_limit_minor: int | None
    as_of: datetime | None
    content_digest: bytes
    sealed: bytes
    sealed_raw: bytes
    watermark: datetime | None = None
    walked_at: datetime | None = None
    walk_began_at: datetime | None = None
    gone_at: datetime | None = None


ACCOUNTS = Listing("accounts", AccountRow, owner="item_id", order="id")
"""For what complete lists were without; everything else is in ``AccountRows``."""
_COLUMNS = (
    "id, item_id, type, subtype, currency, balance_minor, credit_limit_minor,"
    " available_limit_minor, as_of, content_digest, sealed, sealed_raw, watermark, walked_at,"
    " walk_began_at, gone_at"
)


def _row(record: asyncpg.Record) -> AccountRow:
    return AccountRow(**dict(record))


@dataclass(frozen=True, slots=True)
class AccountRows:
    """The accounts of the transaction's entity."""

    tx: Tx

    async def all(self, item_id: ItemId | None = None) -> list[AccountRow]:
        """List them, of one item where given; those that are gone too."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM accounts"  # noqa: S608  (constant columns)
            " WHERE entity_id = $1 AND ($2::text IS NULL OR item_id = $2)"
            " ORDER BY item_id, type, subtype, id",
            self.tx.scope(),
            item_id,
        )
        return [_row(record) for record in records]

    async def put(self, row: AccountRow) -> bool:
        """Insert or update; True where anything but *as_of* changed.

        An account that came back lives again.
        """
        changed = await self.tx.conn.fetchval(
            "INSERT INTO accounts (entity_id, id, item_id, type, subtype, currency,"
            " balance_minor, credit_limit_minor, available_limit_minor, as_of, content_digest,"
            " sealed, sealed_raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
            " ON CONFLICT (entity_id, id) DO UPDATE SET type = $4, subtype = $5, currency = $6,"
            " balance_minor = $7, credit_limit_minor = $8, available_limit_minor = $9,"
            " as_of = $10, content_digest = $11, sealed = $12, sealed_raw = $13,"
            " missing_since = NULL, gone_at = NULL"
            " WHERE (accounts.content_digest <> $11 OR accounts.gone_at IS NOT NULL)"
            " AND accounts.item_id = $3 RETURNING true",
            self.tx.scope(),
            row.id,
            row.item_id,
            row.type,
            row.subtype,
            row.currency,
            row.balance_minor,
            row.credit_limit_minor,
            row.available_limit_minor,
            row.as_of,
            row.content_digest,
            row.sealed,
            row.sealed_raw,
        )
        if changed is None:
            await self.tx.conn.execute(
                "UPDATE accounts SET as_of = $3 WHERE entity_id = $1 AND id = $2"
                " AND as_of IS DISTINCT FROM $3",
                self.tx.scope(),
                row.id,
                row.as_of,
            )
        return changed is not None

    async def mark_walked(
        self,
        account_id: AccountId,
        *,
        watermark: datetime | None,
        full: tuple[datetime, datetime] | None,
    ) -> None:
        """Record a finished walk: the newest creation time it applied, and its own time if full.

        The mark never goes back.
        """
        began, ended = full if full is not None else (None, None)
        await self.tx.conn.execute(
            "UPDATE accounts SET watermark = greatest(watermark, $3),"
            " walked_at = coalesce($4, walked_at), walk_began_at = coalesce($5, walk_began_at)"
            " WHERE entity_id = $1 AND id = $2"
            " AND ($4::timestamptz IS NOT NULL OR watermark IS DISTINCT FROM greatest(watermark, $3))",
            self.tx.scope(),
            account_id,
            watermark,
            ended,
            began,
        )
