"""Whatever two workers and their clocks do, nobody writes who was overtaken."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from uuid_utils.compat import uuid7

from tomada.domain.errors import StaleWriterError
from tomada.domain.ids import EntityId, ItemId
from tomada.store.feed import FeedRows
from tomada.store.tx import Store
from tomada.store.work import Lease, WorkRows

SCHEDULES = 500
_LEASE = timedelta(seconds=8)
_START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(slots=True)
class _Schedule:
    """Two workers on one item, each step when the schedule says; every write names its fence."""

    store: Store
    entity: EntityId
    item: ItemId
    rng: random.Random
    now: datetime = _START
    held: dict[str, Lease] = field(default_factory=dict)
    taken: int = 0
    written: int = 0
    refused: int = 0
    stale: int = 0

    async def play(self) -> None:
        async with self.store.begin() as tx:
            await WorkRows(tx).want(self.item, full=False)
        steps = (self._take, self._write, self._write, self._pause, self._jump, self._finish,
                 self._together)  # fmt: skip
        for _ in range(14):
            await self.rng.choice(steps)(self.rng.choice("ab"))

    async def _take(self, worker: str) -> None:
        await self._take_at(worker, self.now)

    async def _take_at(self, worker: str, now: datetime) -> None:
        async with self.store.begin() as tx:
            lease = await WorkRows(tx).take(self.item, uuid7(), now=now, lease=_LEASE)
        if lease is not None:
            self.held[worker] = lease
            self.taken = lease.fence

    async def _write(self, worker: str) -> None:
        lease = self.held.get(worker)
        if lease is None:
            return
        newest = self.taken
        try:
            async with self.store.begin(self.entity) as tx:
                await WorkRows(tx).hold(lease, until=self.now + _LEASE)
                await FeedRows(tx).append([("item.status", {"itemId": self.item})], at=self.now)
        except StaleWriterError:
            self.refused += 1
            return
        self.written += 1
        self.stale += lease.fence < newest

    async def _pause(self, _: str) -> None:
        """Both are stopped for longer than a lease lasts."""
        self.now += timedelta(seconds=self.rng.choice((1, 9, 60)))

    async def _jump(self, _: str) -> None:
        self.now += timedelta(hours=self.rng.choice((-1, 1)))

    async def _finish(self, worker: str) -> None:
        lease = self.held.pop(worker, None)
        if lease is None:
            return
        newest = self.taken
        try:
            async with self.store.begin() as tx:
                await WorkRows(tx).finish(lease)
                await WorkRows(tx).want(self.item, full=False)
        except StaleWriterError:
            self.refused += 1
            return
        self.stale += lease.fence < newest

    async def _together(self, worker: str) -> None:
        """The one is in the middle of a write while the other one reaches for the item.

        What the other one's clock says is settled before it starts: whether it gets the item must
        not depend on which of the two the machine lets go first.
        """
        lease = self.held.get(worker)
        if lease is None:
            return
        other = "b" if worker == "a" else "a"
        newest = self.taken
        try:
            async with self.store.begin(self.entity) as tx:
                await WorkRows(tx).hold(lease, until=self.now + _LEASE)
                at, self.now = self.now, self.now + timedelta(seconds=60)
                reaching = asyncio.create_task(self._take_at(other, self.now))
                await FeedRows(tx).append([("item.status", {"itemId": self.item})], at=at)
            self.written += 1
            self.stale += lease.fence < newest
        except StaleWriterError:
            self.refused += 1
            return
        await reaching


async def _items(store: Store, entity: EntityId) -> list[ItemId]:
    names = [ItemId(f"item-{n}") for n in range(SCHEDULES)]
    async with store.begin() as tx:
        await tx.conn.execute("INSERT INTO entities VALUES ($1, $2)", entity, _START)
        await tx.conn.execute(
            "INSERT INTO item_routes (item_id, entity_id) SELECT unnest($1::text[]), $2",
            names,
            entity,
        )
        await tx.conn.execute("INSERT INTO work (item_id) SELECT unnest($1::text[])", names)
    return names


async def test_in_five_hundred_schedules_of_two_workers_nobody_writes_who_was_overtaken(
    store: Store,
) -> None:
    entity = EntityId(uuid7())
    items = await _items(store, entity)
    played = []

    for n, item in enumerate(items):
        one = _Schedule(store, entity, item, random.Random(n))
        await one.play()
        played.append(one)

    assert sum(one.stale for one in played) == 0
    # Otherwise nothing was tried: runs that were overtaken, and writes of theirs.
    assert sum(one.taken > 1 for one in played) > SCHEDULES // 4
    assert sum(one.refused for one in played) > SCHEDULES // 8
    async with store.begin(entity) as tx:
        assert await FeedRows(tx).head() == sum(one.written for one in played)
