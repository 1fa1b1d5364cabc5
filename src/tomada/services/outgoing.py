"""Telling the product's back end what happened: the feed, pushed, at least once and in order.

The outbox is written with the feed, in the same transaction. An entity's entries go out one after
the other; an entry that is not taken holds back the later ones of its entity and of no other.
"""

import asyncio
import hashlib
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tomada.domain.clock import Clock
from tomada.domain.feed import FeedEntry
from tomada.domain.ids import EntityId
from tomada.domain.outgoing import (
    GIVEN_UP_AFTER,
    ChannelId,
    UndeliveredError,
    pause_after,
)
from tomada.ports import Channel
from tomada.store.feed import FeedRows
from tomada.store.outbox import ChannelRow, Outbox
from tomada.store.tx import Store
from tomada.telemetry import log

_LEASE = timedelta(minutes=1)
"""Longer than a try may take; a process that died is followed by another after it."""
_ENTITIES = 50
_AT_ONCE = 8
_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class OutgoingStatus:
    """How the channel stands, for the operator."""

    channel: ChannelRow
    entries: int
    entities: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The product's webhook; without a *channel* nothing is told."""

    store: Store
    clock: Clock
    channel: Channel | None
    target: str
    rng: random.Random = field(default_factory=random.SystemRandom)

    async def deliver(self) -> int:
        """Tell what is to be told now; gives how many entries were taken."""
        if self.channel is None:
            return 0
        async with self.store.begin() as tx:
            outbox = Outbox(tx, ChannelId.PRODUCT)
            state = await outbox.set_up(self._digest(), at=self.clock())
            if state.stopped_at is not None:
                return 0
            due = await outbox.due(now=self.clock(), limit=_ENTITIES)
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(entity: EntityId, channel: Channel) -> int:
            async with places:
                return await self._tell(entity, channel, since=state.started_at)

        return sum(await asyncio.gather(*(one(entity, self.channel) for entity in due)))

    async def status(self) -> OutgoingStatus | None:
        """Tell how it stands; None where no address is set."""
        if self.channel is None:
            return None
        async with self.store.begin() as tx:
            outbox = Outbox(tx, ChannelId.PRODUCT)
            state = await outbox.set_up(self._digest(), at=self.clock())
            return OutgoingStatus(state, *await outbox.waiting())

    async def resume(self) -> None:
        """Go on where it stopped: nothing that happened meanwhile is left out."""
        async with self.store.begin() as tx:
            await Outbox(tx, ChannelId.PRODUCT).resume()

    async def _tell(self, entity: EntityId, channel: Channel, *, since: datetime) -> int:
        """Tell one entity's entries in order, up to a number of them or the first refusal."""
        async with self.store.begin(entity) as tx:
            outbox, now = Outbox(tx, ChannelId.PRODUCT), self.clock()
            cursor = await outbox.claim(entity, now=now, until=now + _LEASE)
            if cursor is None:
                return 0
            entries = await FeedRows(tx).after(cursor.done, limit=_ENTRIES)
        told = 0
        for entry in entries:
            if entry.at >= since:
                try:
                    await channel.send(message_id(entity, entry), body_of(entity, entry))
                except UndeliveredError as error:
                    await self._refused(entity, error, tries=cursor.tries + 1 if not told else 1)
                    return told
                told += 1
            last = entry is entries[-1]
            async with self.store.begin() as tx:
                outbox = Outbox(tx, ChannelId.PRODUCT)
                until = None if last else self.clock() + _LEASE
                goes_on = await outbox.told(entity, entry.n, until=until)
                await outbox.well()
            if not goes_on:
                break
        return told

    async def _refused(self, entity: EntityId, error: UndeliveredError, *, tries: int) -> None:
        now = self.clock()
        pause = pause_after(tries, self.rng)
        async with self.store.begin() as tx:
            outbox = Outbox(tx, ChannelId.PRODUCT)
            await outbox.refused(entity, not_before=now + max(pause, error.retry_after or pause))
            since = await outbox.ill(at=now)
            stopped = (error.gone or now - since >= GIVEN_UP_AFTER) and await outbox.stop(at=now)
        log.warning("product_webhook_refused", why=error.why, tries=tries)
        if stopped:
            log.error("product_webhook_stopped", why=error.why, failing_since=since.isoformat())

    def _digest(self) -> bytes:
        return hashlib.sha256(self.target.encode()).digest()


def message_id(entity: EntityId, entry: FeedEntry) -> str:
    """Name an entry: whose it is and which, the same at every try."""
    return f"feed_{entity.hex}_{entry.n}"


def body_of(entity: EntityId, entry: FeedEntry) -> bytes:
    """Write an entry down; its data are ids and counts, as in the feed."""
    data = {**entry.data, "entityId": str(entity), "n": entry.n}
    return msgspec.json.encode({"type": entry.kind, "timestamp": entry.at, "data": data})
