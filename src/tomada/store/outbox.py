"""How far each channel has come with each entity's feed."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from tomada.domain.ids import EntityId
from tomada.domain.outgoing import ChannelId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last number told, and how often the next one was tried."""

    done: int
    tries: int


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel: entries from before it was set up are not told."""

    started_at: datetime
    failing_since: datetime | None
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outbox:
    """One channel's view of what is to be told."""

    tx: Tx
    channel: ChannelId

    async def set_up(self, target: bytes, *, at: datetime) -> ChannelRow:
        """Give the channel, made anew where its *target* (a digest of the address) has changed."""
        row = await self._channel()
        if row is None:
            await self.tx.conn.execute(
                "INSERT INTO outbox_channels (channel, target, started_at) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                self.channel,
                target,
                at,
            )
            row = await self._channel()
        elif row["target"] != target:
            await self.tx.conn.execute(
                "UPDATE outbox_channels SET target = $2 WHERE channel = $1", self.channel, target
            )
            await self.resume()
            row = await self._channel()
        if row is None:
            raise RuntimeError("a channel just set up is there")
        return ChannelRow(row["started_at"], row["failing_since"], row["stopped_at"])

    async def _channel(self) -> asyncpg.Record | None:
        return await self.tx.conn.fetchrow(
            "SELECT target, started_at, failing_since, stopped_at FROM outbox_channels"
            " WHERE channel = $1",
            self.channel,
        )

    async def due(self, *, now: datetime, limit: int) -> list[EntityId]:
        """List entities with news that nobody is telling, and that are not to be left alone."""
        records = await self.tx.conn.fetch(
            "SELECT o.entity_id FROM outbox o LEFT JOIN outbox_cursors c"
            " ON c.channel = $1 AND c.entity_id = o.entity_id"
            " JOIN entities e ON e.id = o.entity_id AND e.suspended_at IS NULL"
            " WHERE o.last > coalesce(c.done, 0)"
            " AND (c.not_before IS NULL OR c.not_before <= $2)"
            " AND (c.lease_until IS NULL OR c.lease_until <= $2)"
            " ORDER BY c.not_before NULLS FIRST LIMIT $3",
            self.channel,
            now,
            limit,
        )
        return [EntityId(r["entity_id"]) for r in records]

    async def claim(self, entity: EntityId, *, now: datetime, until: datetime) -> Cursor | None:
        """Take the entity for this channel; None where another process has it."""
        row = await self.tx.conn.fetchrow(
            "INSERT INTO outbox_cursors AS c (channel, entity_id, done, lease_until)"
            " VALUES ($1, $2, 0, $4) ON CONFLICT (channel, entity_id) DO UPDATE SET lease_until = $4"
            " WHERE (c.lease_until IS NULL OR c.lease_until <= $3)"
            " AND (c.not_before IS NULL OR c.not_before <= $3)"
            " RETURNING done, tries",
            self.channel,
            entity,
            now,
            until,
        )
        return None if row is None else Cursor(row["done"], row["tries"])

    async def told(
        self,
        entity: EntityId,
        n: int,
        *,
        until: datetime | None,
        not_before: datetime | None = None,
    ) -> bool:
        """Note that all up to *n* is told; the claim goes on *until* then, or ends.

        What comes next is not told *not_before* then.
        False where nothing more is to be told because the entity was suspended.
        """
        goes_on = await self.tx.conn.fetchval(
            "UPDATE outbox_cursors SET done = greatest(done, $3), tries = 0, not_before = $5,"
            " lease_until = $4 WHERE channel = $1 AND entity_id = $2"
            " RETURNING (SELECT suspended_at IS NULL FROM entities WHERE id = $2)",
            self.channel,
            entity,
            n,
            until,
            not_before,
        )
        return bool(goes_on)

    async def refused(self, entity: EntityId, *, not_before: datetime) -> None:
        """Note a failed try; the claim ends."""
        await self.tx.conn.execute(
            "UPDATE outbox_cursors SET tries = tries + 1, not_before = $3, lease_until = NULL"
            " WHERE channel = $1 AND entity_id = $2",
            self.channel,
            entity,
            not_before,
        )

    async def well(self) -> None:
        """Note that the address takes messages."""
        await self.tx.conn.execute(
            "UPDATE outbox_channels SET failing_since = NULL"
            " WHERE channel = $1 AND failing_since IS NOT NULL",
            self.channel,
        )

    async def ill(self, *, at: datetime) -> datetime:
        """Note that it took none; gives since when it takes none."""
        since: datetime = await self.tx.conn.fetchval(
            "UPDATE outbox_channels SET failing_since = coalesce(failing_since, $2)"
            " WHERE channel = $1 RETURNING failing_since",
            self.channel,
            at,
        )
        return since

    async def stop(self, *, at: datetime) -> bool:
        """Send it nothing from now on; False where that was so already."""
        stopped = await self.tx.conn.fetchval(
            "UPDATE outbox_channels SET stopped_at = $2"
            " WHERE channel = $1 AND stopped_at IS NULL RETURNING true",
            self.channel,
            at,
        )
        return stopped is not None

    async def resume(self) -> None:
        """Go on where it stopped, at once."""
        await self.tx.conn.execute(
            "UPDATE outbox_channels SET stopped_at = NULL, failing_since = NULL, alerted_at = NULL"
            " WHERE channel = $1",
            self.channel,
        )
        await self.tx.conn.execute(
            "UPDATE outbox_cursors SET tries = 0, not_before = NULL WHERE channel = $1",
            self.channel,
        )

    async def to_be_alerted(self) -> datetime | None:
        """Give when it stopped, where the operator was not told of it."""
        stopped: datetime | None = await self.tx.conn.fetchval(
            "SELECT stopped_at FROM outbox_channels"
            " WHERE channel = $1 AND stopped_at IS NOT NULL AND alerted_at IS NULL",
            self.channel,
        )
        return stopped

    async def alerted(self, *, at: datetime) -> None:
        """Note that the operator was told."""
        await self.tx.conn.execute(
            "UPDATE outbox_channels SET alerted_at = $2 WHERE channel = $1", self.channel, at
        )

    async def waiting(self) -> tuple[int, int]:
        """Count the entries that are not told yet, and the entities they belong to."""
        row = await self.tx.conn.fetchrow(
            "SELECT coalesce(sum(o.last - coalesce(c.done, 0)), 0)::bigint AS entries,"
            " count(*) AS entities FROM outbox o LEFT JOIN outbox_cursors c"
            " ON c.channel = $1 AND c.entity_id = o.entity_id"
            " WHERE o.last > coalesce(c.done, 0)",
            self.channel,
        )
        return row["entries"], row["entities"]
