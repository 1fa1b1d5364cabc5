"""Runs over an item: one at a time, as few as will do, and what becomes of those that die."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, eventually, widget_connects
from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import courier
from tests.integration.sync.quiet import quiet
from tomada.bootstrap import App, open_app
from tomada.cli.serve import serving, take_port
from tomada.domain.errors import StaleWriterError
from tomada.domain.ids import EntityId, ItemId
from tomada.services.reading import Reading
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault
from tomada.store.feed import FeedRows
from tomada.worker import Worker


def _reads_of(tomada: Running, item: ItemId) -> int:
    """Count the runs that looked at the item."""
    log = tomada.simulator.world.recorder.log
    return [one.path for one in log].count(f"/items/{item}")


async def _versions(app: App, entity: EntityId) -> dict[str, str]:
    """Name the version of every row of the ledger: a rewritten row has another."""
    async with app.store.begin(entity) as tx:
        rows = await tx.conn.fetch(
            "SELECT id::text AS id, xmin::text AS version FROM transactions"
            " UNION ALL SELECT id, xmin::text FROM accounts"
        )
    return {row["id"]: row["version"] for row in rows}


async def _connected(alone: Running) -> tuple[EntityId, ItemId]:
    """Connect a bank and read it by hand."""
    caller = await alone.someone()
    alone.simulator.world.hooks.mode = "drop"
    await agree(alone, caller)
    made = await alone.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    item = await widget_connects(alone, made.connect_token)
    await alone.app.syncs.start(caller, item)
    await alone.app.reading.run(item)
    return caller.entity_id, item


def _another(app: App) -> Reading:
    """A second worker."""
    return replace(app.reading, holder=uuid4())


async def test_many_events_during_a_run_cost_one_more_run(alone: Running) -> None:
    _, item = await _connected(alone)
    runs = alone.app.reading.runs
    async with courier(alone) as pluggy:
        await pluggy.kept("item/updated", itemId=item)
        first = await runs.take(item, uuid4())
        assert first is not None
        for _ in range(30):
            await pluggy.kept("item/updated", itemId=item)
    await runs.finish(first, error_code=None)

    second = await runs.take(item, uuid4())
    assert second is not None
    await runs.finish(second, error_code=None)

    assert (len(first.events), len(second.events)) == (1, 30)
    assert await runs.take(item, uuid4()) is None
    assert await alone.app.upkeep.requeue() == 0


async def test_two_workers_never_read_one_item_together(alone: Running) -> None:
    entity, item = await _connected(alone)
    await alone.app.syncs.want(entity, item, reason="user", full=True)
    alone.simulator.world.recorder.log.clear()
    slow = Fault(path="/v2/transactions", effect="delay", seconds=0.05, count=None)
    alone.simulator.world.faults.add(slow)

    await asyncio.gather(*(_another(alone.app).run(item) for _ in range(8)))

    assert _reads_of(alone, item) == 1
    assert await held(alone, entity, item) == await truth(alone, item)


async def test_a_run_that_was_paused_and_overtaken_writes_nothing(alone: Running) -> None:
    entity, item = await _connected(alone)
    app = alone.app
    paused_now = app.clock() - timedelta(hours=1)
    slow = replace(app.reading.runs, clock=lambda: paused_now)
    await app.syncs.want(entity, item, reason="user", full=True)
    paused = await slow.take(item, uuid4())
    assert paused is not None
    # Its lease is long over for everybody else.
    other = await app.reading.runs.take(item, uuid4())
    assert other is not None
    before = await _versions(app, entity)
    head = await app.feed.head(entity)

    for write in (
        slow.renew(paused),
        slow.finish(paused, error_code=None),
        slow.fail(paused, "late"),
        slow.wait(paused),
        slow.record_deleted(paused, status="DELETED"),
    ):
        with pytest.raises(StaleWriterError):
            await write

    assert await _versions(app, entity) == before
    assert await app.feed.head(entity) == head
    assert (await app.items.get(entity, item)).status == "UPDATED"
    await app.reading.runs.finish(other, error_code=None)
    assert await app.feed.head(entity) == head + 1


async def test_a_run_overtaken_between_two_pages_stops_without_writing(alone: Running) -> None:
    entity, item = await _connected(alone)
    app, world = alone.app, alone.simulator.world
    for account in world.state.items[item].accounts:
        for row in account.transactions:
            row.description = "Reescrita pelo banco"
    await app.syncs.want(entity, item, reason="user", full=True)
    slow = Fault(path="/v2/transactions", effect="delay", seconds=2.0, count=1)
    world.faults.add(slow)
    early = app.clock() - timedelta(hours=1)
    runs = replace(app.reading.runs, clock=lambda: early)
    rounds = app.reading.rounds
    early_rounds = replace(rounds, runs=runs, consents=replace(rounds.consents, runs=runs))
    slow_reader = replace(app.reading, runs=runs, rounds=early_rounds, holder=uuid4())
    late = asyncio.create_task(slow_reader.run(item))

    async def waits() -> bool:
        return slow.fired == 1

    await eventually(waits)
    await _another(app).run(item)
    after = await _versions(app, entity)
    await late

    assert await _versions(app, entity) == after
    assert await held(alone, entity, item) == await truth(alone, item)


async def test_reading_what_did_not_change_writes_no_row(alone: Running) -> None:
    entity, item = await _connected(alone)
    before = await _versions(alone.app, entity)
    head = await alone.app.feed.head(entity)

    await alone.app.syncs.want(entity, item, reason="user", full=False)
    await alone.app.reading.run(item)

    assert await _versions(alone.app, entity) == before
    kinds = [one.kind for one in await alone.app.feed.after(entity, head)]
    assert kinds == ["open_finance.sync_completed"]


async def test_comparing_everything_rewrites_only_what_changed(alone: Running) -> None:
    entity, item = await _connected(alone)
    accounts = alone.simulator.world.state.items[item].accounts
    before = await _versions(alone.app, entity)

    changed = accounts[0].transactions[5]
    changed.description = "Corrigida"
    await alone.app.syncs.want(entity, item, reason="user", full=True)
    await alone.app.reading.run(item)

    after = await _versions(alone.app, entity)
    rewritten = {one for one in before if before[one] != after[one]}
    found = await alone.app.ledger.transactions(entity, q="corrigida")
    # An account notes when it was compared.
    assert rewritten == {str(found.transactions[0].id), *(one.id for one in accounts)}
    assert found.transactions[0].movement.pluggy_id == changed.id


async def test_a_run_that_dies_in_the_middle_is_taken_over_within_fifteen_seconds(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> None:
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(simulator, bound.getsockname()[1])
    hang = Fault(path="/v2/transactions", effect="delay", seconds=3600.0, count=1)
    async with open_app(settings) as app, serving(app, listener=bound):
        tomada = Running(app, settings.origin, simulator)
        caller = await tomada.someone()
        await agree(tomada, caller)
        made = await app.connect.create_token(caller, connector_id=BANK, item_id=None)
        item = await widget_connects(tomada, made.connect_token)
        simulator.world.faults.add(hang)
        await app.syncs.start(caller, item)
        # The first worker is cut off without a chance to say so, as by kill -9.
        victim = asyncio.create_task(app.reading.run(item))

        async def in_the_middle() -> bool:
            return hang.fired == 1

        await eventually(in_the_middle)
        victim.cancel()
        await asyncio.gather(victim, return_exceptions=True)
        died = time.monotonic()
        async with Worker(app).running():
            await quiet(tomada)
            took = time.monotonic() - died

        assert await held(tomada, caller.entity_id, item) == await truth(tomada, item)
    assert took < 15
    print(f"taken over and done after {took:.1f} s")  # noqa: T201  (the figure is asked for)


async def test_asking_again_joins_what_goes_on_and_what_has_just_ended(tomada: Running) -> None:
    caller = await tomada.someone()
    await agree(tomada, caller)
    made = await tomada.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    slow = Fault(path="/accounts", effect="delay", seconds=0.5, count=1)
    tomada.simulator.world.faults.add(slow)
    item = await widget_connects(tomada, made.connect_token)

    during = await asyncio.gather(*(tomada.app.syncs.start(caller, item) for _ in range(10)))
    ended = await tomada.app.syncs.wait(caller, during[0].id, timeout=30)
    await quiet(tomada)
    after = await tomada.app.syncs.start(caller, item)

    assert len({one.id for one in during}) == 1
    assert ended.state == "done"
    assert after.state == "done"


async def test_many_who_ask_at_once_after_a_while_ask_for_one_sync(ana: Connected) -> None:
    app = ana.tomada.app
    later = replace(app.syncs, clock=lambda: app.clock() + timedelta(minutes=20))
    before = await app.syncs.start(ana.caller, ana.item)

    asked = await asyncio.gather(*(later.start(ana.caller, ana.item) for _ in range(10)))
    await quiet(ana.tomada)

    assert len({one.id for one in asked}) == 1
    assert asked[0].id != before.id


async def test_a_bank_that_takes_long_is_answered_as_it_stands(ana: Connected) -> None:
    app = ana.tomada.app
    later = replace(app.syncs, clock=lambda: app.clock() + timedelta(minutes=20))
    slow = Fault(path="/accounts", effect="delay", seconds=2.0, count=1)
    ana.tomada.simulator.world.faults.add(slow)

    asked = await later.start(ana.caller, ana.item)
    pending = await later.wait(ana.caller, asked.id, timeout=0.2)
    done = await later.wait(ana.caller, asked.id, timeout=30)

    assert pending.state in ("queued", "running")
    assert done.state == "done"


async def test_numbers_of_the_feed_have_no_gap_however_many_write(ana: Connected) -> None:
    app, entity = ana.tomada.app, ana.caller.entity_id
    seen: list[int] = []
    writing = True

    async def write(count: int) -> None:
        for _ in range(20):
            async with app.store.begin(entity) as tx:
                await FeedRows(tx).append([("item.status", {})] * count, at=app.clock())
                await asyncio.sleep(0)

    async def read() -> None:
        while writing or seen[-1:] != [await app.feed.head(entity)]:
            entries = await app.feed.after(entity, seen[-1] if seen else 0, limit=7)
            seen.extend(one.n for one in entries)

    async def break_off() -> None:
        async with app.store.begin(entity) as tx:
            await FeedRows(tx).append([("item.status", {})], at=app.clock())
            raise ZeroDivisionError

    async def fail() -> None:
        for _ in range(10):
            with pytest.raises(ZeroDivisionError):
                await break_off()

    reader = asyncio.create_task(read())
    await asyncio.gather(write(1), write(2), write(3), fail(), write(1))
    writing = False
    await asyncio.wait_for(reader, 30)

    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) > 140


async def test_a_parked_item_does_not_look_busy_and_is_tried_again_when_asked(
    alone: Running,
) -> None:
    entity, item = await _connected(alone)
    fault = Fault(path="/accounts", effect="status", status=500, count=None)
    alone.simulator.world.faults.add(fault)
    await alone.app.syncs.want(entity, item, reason="user", full=False)
    for _ in range(12):
        await alone.app.reading.run(item)
        async with alone.app.store.begin() as tx:
            await tx.conn.execute("UPDATE work SET not_before = NULL WHERE not_before < 'infinity'")

    parked = await alone.app.items.get(entity, item)
    left = await alone.app.upkeep.requeue()
    alone.simulator.world.faults.clear()
    async with courier(alone) as pluggy:
        await pluggy.kept("item/updated", itemId=item)
    await alone.app.reading.run(item)
    again = await alone.app.items.get(entity, item)

    assert (parked.syncing, left) == (False, 0)
    assert again.synced_at is not None
    assert parked.synced_at is not None
    assert again.synced_at > parked.synced_at


async def test_waiting_for_the_bank_is_no_failure(alone: Running) -> None:
    entity, item = await _connected(alone)
    world = alone.simulator.world
    world.state.items[item].status = "UPDATING"
    await alone.app.syncs.want(entity, item, reason="user", full=False)
    for _ in range(15):
        await alone.app.reading.run(item)
        async with alone.app.store.begin() as tx:
            await tx.conn.execute("UPDATE work SET not_before = NULL WHERE not_before < 'infinity'")
    world.state.items[item].status = "UPDATED"
    world.faults.add(Fault(path="/accounts", effect="status", status=500, count=1))

    await alone.app.reading.run(item)
    async with alone.app.store.begin() as tx:
        parked = await tx.conn.fetchval("SELECT not_before = 'infinity' FROM work")
        await tx.conn.execute("UPDATE work SET not_before = NULL")
    await alone.app.reading.run(item)

    assert parked is False
    assert not (await alone.app.items.get(entity, item)).syncing
