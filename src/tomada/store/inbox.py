"""Every webhook event taken in, each once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.ids import ItemId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One event; *sealed* is its raw body under the installation's keyset, None after 90 days.

    *source* says whether it came from an address of Pluggy's (``listed``) or ``elsewhere``.
    """

    event_id: str
    event: str
    item_id: ItemId | None
    body_digest: bytes
    sealed: bytes | None
    state: str
    received_at: datetime
    reason: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event; *idle* says that nothing was wanted of its item before."""

    state: str
    idle: bool


@dataclass(frozen=True, slots=True)
class InboxRows:
    """The inbox."""

    tx: Tx

    async def take_in(self, row: InboxRow, *, acted_on: bool) -> Taken | None:
        """Keep an event and ask for the run that serves it; None where there is one of that id.

        One statement, because it is what Pluggy waits for. What is *acted_on* is ``new`` where
        its item is bound, which then cannot be removed until commit, and ``unbound`` otherwise.
        Locks come in the order of every run: the item's route, then what is left to do.
        """
        record = await self.tx.conn.fetchrow(
            "WITH owner AS (SELECT 1 FROM item_routes WHERE $10 AND item_id = $3 FOR KEY SHARE),"
            " added AS (INSERT INTO inbox (event_id, event, item_id, body_digest, sealed, state,"
            " reason, received_at, source) VALUES ($1, $2, $3, $4, $5, CASE WHEN NOT $10 THEN $6"
            " WHEN EXISTS (SELECT FROM owner) THEN 'new' ELSE 'unbound' END, $7, $8, $9)"
            " ON CONFLICT DO NOTHING RETURNING state),"
            " asked AS (UPDATE work SET wanted = wanted + 1, not_before = NULL, failures = 0"
            " FROM added WHERE work.item_id = $3 AND added.state = 'new'"
            " RETURNING wanted - done = 1 AS idle)"
            " SELECT added.state, coalesce(asked.idle, false) AS idle"
            " FROM added LEFT JOIN asked ON true",
            row.event_id,
            row.event,
            row.item_id,
            row.body_digest,
            row.sealed,
            row.state,
            row.reason,
            row.received_at,
            row.source,
            acted_on,
        )
        return None if record is None else Taken(**dict(record))

    async def repeat(self, row: InboxRow) -> Literal["duplicate", "conflict"]:
        """Count an event that was there; one with another body is kept beside it."""
        same: bool = await self.tx.conn.fetchval(
            "UPDATE inbox SET duplicates = duplicates + 1 WHERE event_id = $1"
            " RETURNING body_digest = $2",
            row.event_id,
            row.body_digest,
        )
        if same:
            return "duplicate"
        fresh = await self.tx.conn.fetchval(
            "INSERT INTO inbox_conflicts (event_id, body_digest, sealed, received_at)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true",
            row.event_id,
            row.body_digest,
            row.sealed,
            row.received_at,
        )
        if not fresh:
            return "duplicate"
        await self.tx.conn.execute(
            "UPDATE inbox SET conflicts = conflicts + 1 WHERE event_id = $1", row.event_id
        )
        return "conflict"

    async def waiting(self, item_id: ItemId) -> list[InboxRow]:
        """List the item's events that no run has served, oldest first."""
        records = await self.tx.conn.fetch(
            "SELECT event_id, event, item_id, body_digest, sealed, state, received_at, reason"
            " FROM inbox WHERE item_id = $1 AND state = 'new' ORDER BY received_at, event_id",
            item_id,
        )
        return [InboxRow(**dict(record)) for record in records]

    async def unbound(self, item_id: ItemId) -> list[InboxRow]:
        """List the events of an item that nobody owns yet, oldest first."""
        records = await self.tx.conn.fetch(
            "SELECT event_id, event, item_id, body_digest, sealed, state, received_at, reason"
            " FROM inbox WHERE item_id = $1 AND state = 'unbound'"
            " ORDER BY received_at, event_id LIMIT 20",
            item_id,
        )
        return [InboxRow(**dict(record)) for record in records]

    async def erase(self, item_ids: list[ItemId]) -> int:
        """Forget every event of some items; gives how many."""
        gone = await self.tx.conn.execute(
            "DELETE FROM inbox WHERE item_id = ANY($1)", [str(one) for one in item_ids]
        )
        return int(gone.split()[-1])

    async def mark_done(self, event_ids: list[str], *, at: datetime) -> None:
        """Mark events as served."""
        await self.tx.conn.execute(
            "UPDATE inbox SET state = 'done', done_at = $2 WHERE event_id = ANY($1)",
            event_ids,
            at,
        )

    async def adopt(self, item_id: ItemId) -> int:
        """Let the events of an item that was unknown be served now; gives how many."""
        records = await self.tx.conn.fetch(
            "UPDATE inbox SET state = 'new', reason = NULL"
            " WHERE item_id = $1 AND state = 'unbound'"
            " RETURNING event_id",
            item_id,
        )
        return len(records)

    async def overlooked(self) -> list[ItemId]:
        """List bound items with events that came in while they were being bound, at most 100."""
        records = await self.tx.conn.fetch(
            "SELECT DISTINCT item_id FROM inbox AS i WHERE state = 'unbound'"
            " AND EXISTS (SELECT FROM item_routes AS r WHERE r.item_id = i.item_id) LIMIT 100"
        )
        return [ItemId(record["item_id"]) for record in records]

    async def unlooked(self, item_id: ItemId) -> list[str]:
        """List events of an unknown item that came in since it was last asked whose it is."""
        records = await self.tx.conn.fetch(
            "SELECT event_id FROM inbox WHERE item_id = $1 AND state = 'unbound'"
            " AND reason IS NULL",
            item_id,
        )
        return [record["event_id"] for record in records]

    async def mark_looked(self, event_ids: list[str]) -> None:
        """Note that Pluggy was asked whose their item is, and it was nobody's."""
        await self.tx.conn.execute(
            "UPDATE inbox SET reason = 'looked_up' WHERE event_id = ANY($1) AND state = 'unbound'",
            event_ids,
        )

    async def close(self, item_id: ItemId, *, at: datetime) -> None:
        """Put away what nobody will serve any more, because the item is removed."""
        await self.tx.conn.execute(
            "UPDATE inbox SET state = 'done', reason = 'disconnected', done_at = $2"
            " WHERE item_id = $1 AND state IN ('new', 'unbound')",
            item_id,
            at,
        )

    async def drop_unbound(self, *, before: datetime) -> int:
        """Give up on events whose item nobody claimed since *before*; gives how many."""
        records = await self.tx.conn.fetch(
            "UPDATE inbox SET state = 'quarantined', reason = 'unclaimed'"
            " WHERE state = 'unbound' AND coalesce(replayed_at, received_at) < $1"
            " RETURNING event_id",
            before,
        )
        return len(records)

    async def prune(self, *, before: datetime, at: datetime) -> int:
        """Take their bodies from up to 1,000 events of before *before*; gives how many.

        Key and digest stay, so that a late repeat is still one. What was waiting until then is
        given up: its item is compared whole every day, whatever events say.
        """
        records = await self.tx.conn.fetch(
            "UPDATE inbox SET sealed = NULL, pruned_at = $2,"
            " reason = CASE WHEN state IN ('new', 'unbound') THEN 'expired' ELSE reason END,"
            " state = CASE WHEN state IN ('new', 'unbound') THEN 'done' ELSE state END"
            " WHERE event_id IN (SELECT event_id FROM inbox WHERE received_at < $1"
            " AND pruned_at IS NULL ORDER BY received_at LIMIT 1000 FOR UPDATE SKIP LOCKED)"
            " RETURNING event_id",
            before,
            at,
        )
        await self.tx.conn.execute(
            "UPDATE inbox_conflicts SET sealed = NULL WHERE event_id = ANY($1)",
            [record["event_id"] for record in records],
        )
        return len(records)

    async def forget(self, *, before: datetime) -> int:
        """Drop up to 1,000 events of before *before*; gives how many."""
        records = await self.tx.conn.fetch(
            "DELETE FROM inbox WHERE event_id IN (SELECT event_id FROM inbox"
            " WHERE received_at < $1 ORDER BY received_at LIMIT 1000 FOR UPDATE SKIP LOCKED)"
            " RETURNING event_id",
            before,
        )
        return len(records)
