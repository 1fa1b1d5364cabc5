"""What happens because time has passed: overdue readings, ended consents, things left behind."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, eventually, widget_connects
from tests.integration.path.truth import held, truth
from tests.integration.sync.conftest import Connected
from tests.integration.sync.delivering import Courier, inbox
from tests.integration.sync.quiet import quiet
from tomada.domain.clock import Clock
from tomada.domain.errors import ConsentRequiredError, NotFoundError
from tomada.services.sync import Syncs
from tomada.services.upkeep import Upkeep
from tomada.simulator.faults import Fault


def _clock(tomada: Running, **later: float) -> Clock:
    return lambda: tomada.app.clock() + timedelta(**later)


def _upkeep(tomada: Running, **later: float) -> Upkeep:
    clock = _clock(tomada, **later)
    syncs = replace(tomada.app.syncs, clock=clock)
    return replace(tomada.app.upkeep, clock=clock, syncs=syncs)


def _syncs(tomada: Running, **later: float) -> Syncs:
    return replace(tomada.app.syncs, clock=_clock(tomada, **later))


async def test_an_item_is_compared_whole_once_a_day(ana: Connected) -> None:
    world = ana.tomada.simulator.world
    world.hooks.mode = "drop"
    for account in world.state.items[ana.item].accounts:
        for row in account.transactions:
            row.created_at = row.date
    # No event tells of this, and no reading of what is new comes across it.
    world.edit(
        world.state.items[ana.item].accounts[0].transactions[0].id, description="Em silêncio"
    )

    early = await _upkeep(ana.tomada, hours=11).read_overdue()
    due = await _upkeep(ana.tomada, hours=25).read_overdue()
    again = await _upkeep(ana.tomada, hours=26).read_overdue()
    await quiet(ana.tomada)

    assert (early, due, again) == (0, 1, 0)
    assert await held(ana.tomada, ana.caller.entity_id, ana.item) == await truth(
        ana.tomada, ana.item
    )


async def test_an_item_that_never_worked_is_not_asked_about_every_minute(tomada: Running) -> None:
    caller = await tomada.someone()
    await agree(tomada, caller)
    made = await tomada.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    item = await widget_connects(tomada, made.connect_token, user="user-locked")
    sync = await tomada.app.syncs.start(caller, item)
    ended = await tomada.app.syncs.wait(caller, sync.id, timeout=30)
    await quiet(tomada)

    assert ended.error_code is not None
    assert [await _upkeep(tomada, minutes=n).read_overdue() for n in (1, 2, 3)] == [0, 0, 0]


async def test_a_parked_item_is_tried_again_the_next_day(ana: Connected) -> None:
    async with ana.tomada.app.store.begin() as tx:
        await tx.conn.execute("UPDATE work SET wanted = wanted + 1, not_before = 'infinity'")

    today = await _upkeep(ana.tomada, hours=1).read_overdue()
    tomorrow = await _upkeep(ana.tomada, hours=25).read_overdue()
    await quiet(ana.tomada)

    assert (today, tomorrow) == (0, 1)
    assert not (await ana.tomada.app.items.get(ana.caller.entity_id, ana.item)).syncing


async def test_a_job_that_was_lost_is_queued_again(ana: Connected) -> None:
    async with ana.tomada.app.store.begin() as tx:
        await tx.conn.execute("UPDATE work SET wanted = wanted + 1")
        await tx.conn.execute("DELETE FROM pgqueuer")

    await quiet(ana.tomada)

    async with ana.tomada.app.store.begin() as tx:
        assert await tx.conn.fetchval("SELECT wanted = done FROM work")


async def test_a_consent_that_ran_out_ends_the_reading(ana: Connected) -> None:
    tomada = ana.tomada
    year_later = _clock(tomada, days=366)
    reading = replace(tomada.app.reading, runs=replace(tomada.app.reading.runs, clock=year_later))
    async with tomada.app.store.begin() as tx:
        # Not before the worker of this installation is gone.
        await tx.conn.execute("UPDATE work SET wanted = wanted + 1, not_before = now() + '1 day'")
    tomada.simulator.world.recorder.log.clear()

    await reading.run(ana.item)

    assert [one.path for one in tomada.simulator.world.recorder.log] == []
    with pytest.raises(ConsentRequiredError):
        await _syncs(tomada, days=366).start(ana.caller, ana.item)


async def test_an_event_that_nobody_claims_for_a_day_is_set_aside(
    tomada: Running, pluggy: Courier
) -> None:
    stray = "00000000-0000-4000-8000-000000000009"
    caller = await tomada.someone()
    await agree(tomada, caller)
    await tomada.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    name = await pluggy.kept("item/created", itemId=stray)
    await eventually(lambda: _tried(tomada))

    await _upkeep(tomada, hours=23).tidy()
    waiting = (await inbox(tomada))[name]["state"]
    await _upkeep(tomada, hours=25).tidy()

    assert waiting == "unbound"
    row = (await inbox(tomada))[name]
    assert (row["state"], row["reason"]) == ("quarantined", "unclaimed")


async def _tried(tomada: Running) -> bool:
    return any(one.status == 404 for one in tomada.simulator.world.recorder.log)


async def test_a_token_of_the_day_before_binds_nothing(tomada: Running) -> None:
    caller = await tomada.someone()
    await agree(tomada, caller)
    made = await tomada.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    tomada.simulator.world.hooks.mode = "drop"
    item = await widget_connects(tomada, made.connect_token)
    late = _syncs(tomada, hours=25)
    late = replace(late, binding=replace(late.binding, clock=late.clock))

    with pytest.raises(NotFoundError):
        await late.start(caller, item)

    assert await tomada.app.items.list(caller.entity_id) == []


async def test_no_transaction_is_open_while_pluggy_is_waited_for(ana: Connected) -> None:
    slow = Fault(path="/v2/transactions", effect="delay", seconds=1.0, count=2)
    ana.tomada.simulator.world.faults.add(slow)
    await ana.tomada.app.syncs.want(ana.caller.entity_id, ana.item, reason="user", full=True)
    longest = 0.0

    async def read() -> bool:
        nonlocal longest
        async with ana.tomada.app.store.begin() as tx:
            age: float = await tx.conn.fetchval(
                "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)"
                " FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
                " AND pid <> pg_backend_pid()"
            )
            left = await tx.conn.fetchval("SELECT wanted > done FROM work")
        longest = max(longest, float(age))
        return slow.fired == 2 and not left

    await eventually(read)

    assert longest < 0.9
