"""An outage is tried again five times, an hour apart, and only where Pluggy does not do so itself."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from tests.integration.refresh.conftest import Bank
from tomada.domain.clock import utc_now
from tomada.simulator.faults import Fault


def _updates(bank: Bank) -> int:
    log = bank.tomada.simulator.world.recorder.log
    return sum(one.method == "PATCH" and one.path == f"/items/{bank.item}" for one in log)


async def _down(bank: Bank, *, auto_sync: bool) -> None:
    world = bank.tomada.simulator.world
    world.state.items[bank.item].auto_sync = auto_sync
    world.run(bank.item, outcome="SITE_NOT_AVAILABLE")
    await bank.until_the_bank_is_done()
    await bank.want()
    await bank.read()


async def _chore(bank: Bank, *, minutes: int) -> int:
    at = utc_now() + timedelta(minutes=minutes)
    return await replace(bank.tomada.app.refreshes, clock=lambda: at).end_outages()


async def test_an_outage_is_tried_five_times_an_hour_apart_and_then_given_up(bank: Bank) -> None:
    await _down(bank, auto_sync=False)
    refusal = {"code": 500, "message": "no"}
    bank.tomada.simulator.world.faults.add(
        Fault(
            method="PATCH", path="/items/*", effect="status", status=500, body=refusal, count=None
        )
    )

    with structlog.testing.capture_logs() as logs:
        tried = [await _chore(bank, minutes=10 * n) for n in range(60)]

    at = [10 * n for n, one in enumerate(tried) if one]
    assert len(at) == 5
    assert at[0] >= 60
    assert all(later - earlier >= 60 for earlier, later in itertools.pairwise(at))
    assert _updates(bank) == 5
    assert [one["log_level"] for one in logs if one["event"] == "outage_given_up"] == ["error"]


async def test_a_try_that_works_ends_the_outage_and_the_next_one_has_five_again(
    bank: Bank,
) -> None:
    await _down(bank, auto_sync=False)
    await _chore(bank, minutes=0)

    first = await _chore(bank, minutes=61)
    await bank.until_the_bank_is_done()
    await bank.read()
    well = await bank.tomada.app.items.get(bank.caller.entity_id, bank.item)
    nothing = [await _chore(bank, minutes=62 + 60 * n) for n in range(4)]
    await _down(bank, auto_sync=False)
    again = [await _chore(bank, minutes=400 + 61 * n) for n in range(2)]

    assert first == 1
    assert well.status == "UPDATED"
    assert nothing == [0, 0, 0, 0]
    assert again == [0, 1]


async def test_where_pluggy_tries_by_itself_we_only_watch(bank: Bank) -> None:
    await _down(bank, auto_sync=True)
    item = await bank.tomada.app.items.get(bank.caller.entity_id, bank.item)

    tried = [await _chore(bank, minutes=61 * n) for n in range(8)]

    assert item.next_auto_sync_at is not None
    assert tried == [0] * 8
    assert _updates(bank) == 0


async def test_a_crash_between_counting_and_asking_costs_a_try_and_never_makes_a_sixth(
    bank: Bank,
) -> None:
    await _down(bank, auto_sync=False)
    await _chore(bank, minutes=0)
    app, entity = bank.tomada.app, bank.caller.entity_id
    keys = await app.vault.keys(entity)
    for n in range(1, 5):
        at = utc_now() + timedelta(minutes=61 * n)
        dies = replace(app.refreshes, clock=partial(datetime.fromtimestamp, at.timestamp(), UTC))
        assert await dies._due(entity, keys, bank.item) is not None

    tried = [await _chore(bank, minutes=61 * n) for n in range(5, 9)]

    assert tried == [1, 0, 0, 0]
    assert _updates(bank) == 1


async def test_an_item_that_needs_the_person_is_left_to_the_person(bank: Bank) -> None:
    world = bank.tomada.simulator.world
    world.run(bank.item, outcome="INVALID_CREDENTIALS")
    await bank.until_the_bank_is_done()
    await bank.want()
    await bank.read()

    tried = [await _chore(bank, minutes=61 * n) for n in range(4)]

    assert tried == [0] * 4
