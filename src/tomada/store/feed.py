"""The feed: numbered per entity by a head row, so that no reader steps over a late commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tomada.domain.feed import FeedEntry, FeedKind, Ring, channel
from tomada.domain.ids import ItemId
from tomada.store.tx import Tx
from tomada.telemetry import correlation


@dataclass(frozen=True, slots=True)
class FeedRows:
    """The feed of the transaction's entity."""

    tx: Tx

    async def append(
        self, entries: Sequence[tuple[FeedKind, dict[str, Any]]], *, at: datetime
    ) -> None:
        """Add lines and ring at commit; each says what it came of, where that has a name.

        Updating the head row makes writers of one entity wait for each other, which is what
        makes numbers commit in order.
        """
        if not entries:
            return
        # The outbox says which entities have news, to those who look before they know one.
        last: int = await self.tx.conn.fetchval(
            "WITH head AS (INSERT INTO feed_heads (entity_id, last) VALUES ($1, $2)"
            "  ON CONFLICT (entity_id) DO UPDATE SET last = feed_heads.last + $2 RETURNING last)"
            " INSERT INTO outbox (entity_id, last) SELECT $1, last FROM head"
            " ON CONFLICT (entity_id) DO UPDATE SET last = excluded.last RETURNING last",
            self.tx.scope(),
            len(entries),
        )
        first = last - len(entries) + 1
        named = {"correlationId": name} if (name := correlation()) else {}
        await self.tx.conn.executemany(
            "INSERT INTO feed (entity_id, n, kind, at, data) VALUES ($1, $2, $3, $4, $5)",
            [
                (self.tx.scope(), n, kind, at, msgspec.json.encode({**data, **named}).decode())
                for n, (kind, data) in enumerate(entries, start=first)
            ],
        )
        if self.tx.rings is None:
            await self.tx.conn.execute("SELECT pg_notify($1, '')", channel(self.tx.scope()))
            return
        counts = [data.get("count", 0) for kind, data in entries if kind == "transactions.new"]
        self.tx.rings.append(Ring(self.tx.scope(), sum(counts), at))

    async def after(self, n: int, *, limit: int) -> list[FeedEntry]:
        """List the lines behind number *n*, in order."""
        records = await self.tx.conn.fetch(
            "SELECT n, kind, at, data FROM feed WHERE entity_id = $1 AND n > $2"
            " ORDER BY n LIMIT $3",
            self.tx.scope(),
            n,
            limit,
        )
        return [
            FeedEntry(r["n"], r["kind"], r["at"], msgspec.json.decode(r["data"])) for r in records
        ]

    async def first_sync(self, item_id: ItemId) -> int | None:
        """Give the number of the first good reading of a connection."""
        first: int | None = await self.tx.conn.fetchval(
            "SELECT min(n) FROM feed WHERE entity_id = $1 AND kind = 'open_finance.sync_completed'"
            " AND data->>'itemId' = $2 AND data->>'errorCode' IS NULL",
            self.tx.scope(),
            item_id,
        )
        return first

    async def head(self) -> int:
        """Give the last number, 0 for an empty feed."""
        last: int | None = await self.tx.conn.fetchval(
            "SELECT last FROM feed_heads WHERE entity_id = $1", self.tx.scope()
        )
        return last or 0
