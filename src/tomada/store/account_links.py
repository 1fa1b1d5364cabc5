"""Which account goes on as which, and moving what the former one has left."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from tomada.domain.ids import AccountId, ItemId
from tomada.domain.links import LinkState
from tomada.domain.reconnect import AccountLink
from tomada.store.tx import Tx

_COLUMNS = "id, state, from_account_id, to_account_id, shared, compared, at, decided_at"


def _link(record: asyncpg.Record) -> AccountLink:
    return AccountLink(**dict(record))


@dataclass(frozen=True, slots=True)
class AccountLinkRows:
    """The account links of the transaction's entity."""

    tx: Tx

    async def add(self, link: AccountLink) -> None:
        """Keep a link; one that is there stays as it is."""
        await self.tx.conn.execute(
            f"INSERT INTO account_links (entity_id, {_COLUMNS})"  # noqa: S608  (constant columns)
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT (entity_id, from_account_id, to_account_id) DO NOTHING",
            self.tx.scope(),
            link.id, link.state, link.from_account_id, link.to_account_id, link.shared,
            link.compared, link.at, link.decided_at,
        )  # fmt: skip

    async def all(self, *, state: LinkState | None = None) -> list[AccountLink]:
        """List them, newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM account_links WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " AND ($2::text IS NULL OR state = $2) ORDER BY at DESC, id DESC",
            self.tx.scope(),
            state,
        )
        return [_link(record) for record in records]

    async def decide(self, link_id: UUID, state: LinkState, *, at: datetime) -> AccountLink | None:
        """Answer a suggestion; None where there is none of that id."""
        record = await self.tx.conn.fetchrow(
            "UPDATE account_links SET state = $3, decided_at = $4"  # noqa: S608  (constant columns)
            f" WHERE entity_id = $1 AND id = $2 AND state = 'suggested' RETURNING {_COLUMNS}",
            self.tx.scope(),
            link_id,
            state,
            at,
        )
        return None if record is None else _link(record)

    async def overlap(self, former: AccountId, later: AccountId) -> tuple[int, int]:
        """Count equal rows of two accounts, and the rows of the shorter one, where both have some."""
        async with self.tx.many():
            record = await self.tx.conn.fetchrow(
                "WITH counted AS (SELECT account_id, fingerprint, day, count(*) AS n FROM transactions"
                " WHERE entity_id = $1 AND account_id IN ($2, $3) AND gone_at IS NULL"
                " GROUP BY account_id, fingerprint, day),"
                " spans AS MATERIALIZED (SELECT max(first) AS first, min(last) AS last FROM (SELECT min(day) AS first,"
                " max(day) AS last FROM counted GROUP BY account_id) ends),"
                " shown AS (SELECT counted.* FROM counted, spans"
                " WHERE counted.day BETWEEN spans.first AND spans.last)"
                " SELECT (SELECT coalesce(sum(least(o.n, l.n)), 0) FROM shown o JOIN shown l"
                " ON o.fingerprint = l.fingerprint AND o.day = l.day"
                " WHERE o.account_id = $2 AND l.account_id = $3)::integer,"
                " least((SELECT coalesce(sum(n), 0) FROM shown WHERE account_id = $2),"
                " (SELECT coalesce(sum(n), 0) FROM shown WHERE account_id = $3))::integer",
                self.tx.scope(),
                former,
                later,
            )
        return record[0], record[1]

    async def days(self, account_id: AccountId) -> tuple[date, date] | None:
        """Tell the first and last day of an account's live rows."""
        record = await self.tx.conn.fetchrow(
            "SELECT min(day), max(day) FROM transactions"
            " WHERE entity_id = $1 AND account_id = $2 AND gone_at IS NULL",
            self.tx.scope(),
            account_id,
        )
        return None if record is None or record[0] is None else (record[0], record[1])

    async def rehome(self, former: AccountId, later: AccountId, item_id: ItemId) -> None:
        """Give the later account what the former one has left, and drop the former."""
        await self.tx.conn.execute(
            "UPDATE transactions SET account_id = $3, item_id = $4"
            " WHERE entity_id = $1 AND account_id = $2",
            self.tx.scope(),
            former,
            later,
            item_id,
        )
        await self.tx.conn.execute(
            "DELETE FROM accounts WHERE entity_id = $1 AND id = $2", self.tx.scope(), former
        )
