"""What a doorbell promises, whoever rings it: nothing is lost, only later."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis

from tests.integration.path.connecting import eventually
from tests.integration.signals.conftest import Bench
from tomada.adapters.signals.postgres import PostgresSignals
from tomada.adapters.signals.redis import _ALWAYS
from tomada.domain.clock import utc_now
from tomada.domain.feed import channel
from tomada.domain.ids import EntityId
from tomada.ports import Doorbell, Signals
from tomada.store.feed import FeedRows

LONG = 30.0
SHORT = 0.3


@asynccontextmanager
async def listening(bench: Bench, entity: UUID) -> AsyncIterator[tuple[Signals, Doorbell]]:
    """Listen in a process of its own, once its connection is there."""
    signals: Signals = bench.open()
    async with signals.run(), signals.listen(entity) as bell:

        async def heard() -> bool:
            await bench.tell(entity)
            return await bell.wait(SHORT)

        await eventually(heard)
        while await bell.wait(SHORT):
            pass
        yield signals, bell


async def test_a_commit_wakes_its_readers_and_no_others(bench: Bench) -> None:
    mine, others = await bench.entity(), await bench.entity()

    async with listening(bench, mine) as (signals, bell), signals.listen(mine) as second:
        await bench.tell(others)
        quiet = await bell.wait(SHORT)
        await bench.tell(mine)
        woken = [await bell.wait(LONG), await second.wait(LONG)]

    assert (quiet, woken) == (False, [True, True])


async def test_what_is_rolled_back_rings_nowhere(bench: Bench) -> None:
    entity = await bench.entity()

    async with listening(bench, entity) as (_, bell):
        with pytest.raises(ZeroDivisionError):
            await _broken(bench, entity)
        rung = await bell.wait(SHORT)

    assert not rung


async def _broken(bench: Bench, entity: UUID) -> None:
    async with bench.store.begin(EntityId(entity)) as tx:
        await FeedRows(tx).append([("transactions.new", {"count": 1})], at=utc_now())
        raise ZeroDivisionError


async def test_a_ring_while_nobody_waits_is_kept_for_the_next_wait(bench: Bench) -> None:
    entity = await bench.entity()

    async with listening(bench, entity) as (_, bell):
        await bench.tell(entity)
        await bench.tell(entity)
        first = await bell.wait(LONG)
        while await bell.wait(SHORT):
            pass

    assert first


async def test_a_reader_whose_connection_was_lost_is_woken_once_it_is_back(bench: Bench) -> None:
    entity = await bench.entity()

    async with listening(bench, entity) as (_, bell):
        await bench.lose_connections()
        # Nobody tells anything: the bell rings for what may have been missed.
        woken = await bell.wait(LONG)

        async def heard_again() -> bool:
            await bench.tell(entity)
            return await bell.wait(SHORT)

        await eventually(heard_again)

    assert woken


async def test_through_losses_and_an_outage_a_reader_misses_no_entry(bench: Bench) -> None:
    entity = await bench.entity()
    seen: list[int] = []

    async def reading(bell: Doorbell) -> None:
        while True:
            async with bench.store.begin(EntityId(entity)) as tx:
                seen.extend(e.n for e in await FeedRows(tx).after(len(seen), limit=500))
            await bell.wait(0.5)

    async with listening(bench, entity) as (_, bell):
        async with bench.store.begin(EntityId(entity)) as tx:
            before = await FeedRows(tx).head()
        reader = asyncio.create_task(reading(bell))
        for _ in range(10):
            await bench.tell(entity)
        await bench.lose_connections()
        async with bench.outage():
            for _ in range(20):
                await bench.tell(entity)
        for _ in range(10):
            await bench.tell(entity)

        async def all_seen() -> bool:
            return len(seen) == before + 40

        await eventually(all_seen, seconds=LONG)
        reader.cancel()

    assert seen == list(range(1, before + 41))


async def listened(signals: Any) -> set[str]:
    """Name the channels that the server itself has this process down for."""
    if isinstance(signals, PostgresSignals):
        assert signals._connection is not None
        rows = await signals._connection.fetch("SELECT pg_listening_channels() AS name")
        return {row["name"] for row in rows}
    async with Redis.from_url(signals.url) as asking:
        names = {name.decode() for name in await asking.pubsub_channels()}
    return names - {_ALWAYS}


async def test_readers_who_left_are_not_listened_for(bench: Bench) -> None:
    entity = await bench.entity()

    async with listening(bench, entity) as (signals, bell):
        for _ in range(20):
            async with signals.listen(entity), signals.listen(UUID(int=1)):
                pass
        await bench.tell(entity)

        assert await bell.wait(LONG)
        assert await listened(signals) == {channel(entity)}


@pytest.mark.parametrize("bench", ["redis"], indirect=True)
async def test_products_hear_of_new_movements_in_the_shape_of_the_guide(bench: Bench) -> None:
    entity = await bench.entity()

    async with Redis.from_url(bench.url) as redis:
        heard = redis.pubsub(ignore_subscribe_messages=True)
        await heard.subscribe(f"transactions.new:entity:{entity}")
        assert await heard.get_message(timeout=LONG) is None
        await bench.tell(entity, new=3)
        message = await heard.get_message(timeout=LONG)
        await heard.aclose()  # type: ignore[no-untyped-call]

    assert message is not None
    told = json.loads(message["data"])
    assert told.keys() == {"count", "source", "timestamp"}
    assert (told["count"], told["source"]) == (3, "pluggy_webhook")
    assert told["timestamp"].endswith("Z")
