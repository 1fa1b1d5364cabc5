"""The inbox as its operator sees it: every event with its state, and what may be done again.

An event whose item is parked is shown as ``parked``: it waits, and nobody is coming for it.
"""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import ItemId
from tomada.domain.inbox import Entry, Selection
from tomada.store.tx import Tx

_STATE = "CASE WHEN i.state = 'new' AND w.not_before = 'infinity' THEN 'parked' ELSE i.state END"
_COLUMNS = (
    f"i.event_id, i.event, i.item_id, {_STATE} AS state, i.reason, i.source, i.received_at,"
    " i.done_at, i.duplicates, i.conflicts, i.replays, i.replayed_at, i.pruned_at"
)
_FROM = "FROM inbox i LEFT JOIN work w ON w.item_id = i.item_id"


@dataclass(frozen=True, slots=True)
class Body:
    """One sealed body of an event; several where it came with different ones."""

    digest: bytes
    sealed: bytes | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class InboxDeskRows:
    """The whole inbox; ids, kinds and states."""

    tx: Tx

    async def counts(self) -> dict[str, int]:
        """Count the events of each state."""
        records = await self.tx.conn.fetch(
            f"SELECT {_STATE} AS state, count(*) AS n {_FROM} GROUP BY 1"
        )
        return {record["state"]: record["n"] for record in records}

    async def times(self) -> tuple[datetime | None, datetime | None]:
        """Tell when the latest event came in, and the oldest that still waits."""
        record = await self.tx.conn.fetchrow(
            "SELECT (SELECT max(received_at) FROM inbox) AS latest,"
            " (SELECT min(received_at) FROM inbox WHERE state = 'new') AS oldest"
        )
        return record["latest"], record["oldest"]

    async def entries(self, which: Selection, *, limit: int) -> list[Entry]:
        """List what *which* selects, newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} {_FROM}"
            f" WHERE ($1::text[] IS NULL OR {_STATE} = ANY($1))"
            " AND ($2::text[] IS NULL OR i.event_id = ANY($2))"
            " AND ($3::text IS NULL OR i.item_id = $3)"
            " AND ($4::timestamptz IS NULL OR i.received_at >= $4)"
            " AND ($5::timestamptz IS NULL OR i.received_at < $5)"
            " ORDER BY i.received_at DESC, i.event_id DESC LIMIT $6",
            list(which.states) or None,
            list(which.event_ids) or None,
            which.item_id,
            which.since,
            which.until,
            limit,
        )
        return [Entry(**dict(record)) for record in records]

    async def bodies(self, event_id: str) -> list[Body]:
        """Give the event's bodies, the first one first."""
        records = await self.tx.conn.fetch(
            "SELECT body_digest AS digest, sealed, received_at FROM inbox WHERE event_id = $1"
            " UNION ALL (SELECT body_digest, sealed, received_at FROM inbox_conflicts"
            " WHERE event_id = $1 ORDER BY received_at)",
            event_id,
        )
        return [Body(**dict(record)) for record in records]

    async def again(
        self, event_id: str, *, state: str, reason: str | None, at: datetime
    ) -> ItemId | None:
        """Put an event into *state* as if it had just come in; gives its item."""
        item: str | None = await self.tx.conn.fetchval(
            "UPDATE inbox SET state = $2, reason = $3, replays = replays + 1, replayed_at = $4,"
            " done_at = CASE WHEN $2 = 'done' THEN $4::timestamptz END WHERE event_id = $1"
            " RETURNING item_id",
            event_id,
            state,
            reason,
            at,
        )
        return None if item is None else ItemId(item)
