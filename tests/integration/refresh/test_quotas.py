"""The monthly quotas of Open Finance: counted, predicted, and not wasted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import Running
from tests.integration.refresh.conftest import Bank, connected
from tests.integration.refresh.test_refresh import OPEN_BANK
from tomada.domain.errors import RefreshRefusedError
from tomada.domain.quotas import Quota, month_end, runs_left


@pytest.fixture
async def open_bank(alone: Running) -> Bank:
    return await connected(alone, connector_id=OPEN_BANK)


async def _quotas(bank: Bank) -> dict[str, Quota]:
    listed = await bank.tomada.app.refreshes.quota(bank.caller.entity_id, bank.item)
    return {one.product: one for one in listed}


async def _run(bank: Bank) -> None:
    bank.tomada.simulator.world.run(bank.item, outcome=None)
    await bank.until_the_bank_is_done()
    await bank.want()
    await bank.read()


async def test_each_run_counts_once_however_often_it_is_looked_at(open_bank: Bank) -> None:
    first = await _quotas(open_bank)
    for _ in range(3):
        await open_bank.want()
        await open_bank.read()
    same = await _quotas(open_bank)

    await _run(open_bank)

    assert first["TRANSACTIONS"].used == first["ACCOUNTS"].used == 1
    assert {name: one.used for name, one in same.items()} == dict.fromkeys(first, 1)
    assert (await _quotas(open_bank))["TRANSACTIONS"].used == 2
    assert first["TRANSACTIONS"].limit == 120
    # The operator sees the same.
    every = await open_bank.tomada.app.refreshes.every_quota()
    assert {(item, one.product) for item, one in every} == {(open_bank.item, n) for n in first}


async def test_a_bank_that_does_not_count_has_no_quotas(bank: Bank) -> None:
    assert await _quotas(bank) == {}


async def test_the_banks_word_that_the_month_is_over_forbids_a_refresh_until_the_next(
    open_bank: Bank,
) -> None:
    world = open_bank.tomada.simulator.world
    world.quotas.use_up(world.state.items[open_bank.item])
    await _run(open_bank)

    with pytest.raises(RefreshRefusedError) as caught:
        await open_bank.tomada.app.refreshes.ask(open_bank.caller, open_bank.item)

    quota = (await _quotas(open_bank))["TRANSACTIONS"]
    assert quota.exhausted
    assert caught.value.obstacle == "quota"
    assert caught.value.at == quota.resets_at == month_end(open_bank.tomada.app.clock())


async def test_what_pluggys_own_runs_will_need_is_kept_for_them(open_bank: Bank) -> None:
    app = open_bank.tomada.app
    item = await app.items.get(open_bank.caller.entity_id, open_bank.item)
    now = app.clock()
    planned = runs_left(item.next_auto_sync_at, timedelta(hours=24), now=now)

    def allowing(runs: int) -> object:
        settings = replace(app.refreshes.quotas.settings, otherwise=runs)
        quotas = replace(app.refreshes.quotas, settings=settings)
        return replace(app.refreshes, quotas=quotas)

    tight = await allowing(1 + planned).states(open_bank.caller.entity_id)  # type: ignore[attr-defined]
    enough = await allowing(2 + planned).states(open_bank.caller.entity_id)  # type: ignore[attr-defined]

    assert tight[open_bank.item].obstacle == "quota"
    assert enough[open_bank.item].possible
