"""Every product in the ledger, each read by itself, each as fresh as it is and no fresher."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, widget_connects
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.domain.products import Freshness, Product
from tomada.domain.syncs import Sync
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault
from tomada.simulator.sandbox import Script


@dataclass(frozen=True, slots=True)
class Bench:
    """A connected bank with everything, read by hand."""

    tomada: Running
    caller: Caller
    item: ItemId

    async def read(self, *, full: bool = False) -> Sync:
        """Make one whole reading; gives what became of it."""
        app, entity = self.tomada.app, self.caller.entity_id
        async with app.store.begin(entity) as tx:
            await tx.conn.execute("UPDATE work SET not_before = NULL")
        await app.syncs.want(entity, self.item, reason="user", full=full)
        await app.reading.run(self.item)
        (latest, *_), _ = await app.syncs.list(self.caller, self.item, cursor=None, limit=1)
        return latest

    async def bank_reads(self, **script: Any) -> None:
        """Let Pluggy read the bank again, leaving out what the script says."""
        world = self.tomada.simulator.world
        world.executions.start(world.state.items[self.item], Script(**script))
        while world.executions.busy:
            await world.clock.sleep(0.01)

    async def fresh(self) -> dict[Product, Freshness]:
        listed = await self.tomada.app.freshness.list(self.caller.entity_id)
        return {one.product: one for one in listed}

    def fail(self, path: str, **more: Any) -> Fault:
        fault = Fault(path=path, effect="status", count=None, **more)
        self.tomada.simulator.world.faults.add(fault)
        return fault


@pytest.fixture
async def bench(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[Bench]:
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(simulator, bound.getsockname()[1])
    async with open_app(settings) as app, serving(app, listener=bound):
        tomada = Running(app, settings.origin, simulator)
        simulator.world.hooks.mode = "drop"
        caller = await tomada.someone()
        await agree(tomada, caller)
        made = await app.connect.create_token(caller, connector_id=BANK, item_id=None)
        item = await widget_connects(tomada, made.connect_token)
        await app.syncs.start(caller, item)
        yield Bench(tomada, caller, item)


async def test_a_partial_success_leaves_what_it_did_not_bring_as_old_as_it_was(
    bench: Bench,
) -> None:
    await bench.read()
    before = await bench.fresh()
    assert {one.code for one in before.values()} == {None}
    assert len({one.as_of for one in before.values()}) == 1

    await bench.bank_reads(outcome="PARTIAL_SUCCESS", failed=("creditCards",))
    await bench.read()

    after = await bench.fresh()
    stale = after.pop("CREDIT_CARDS")
    assert (stale.as_of, stale.complete, stale.code) == (
        before["CREDIT_CARDS"].as_of,
        False,
        "not_updated",
    )
    assert stale.said.by_bank == "Produto indisponível no banco"
    for product, one in after.items():
        known = before[product].as_of
        assert one.as_of is not None
        assert known is not None
        assert (one.as_of > known, one.complete) == (True, True), product
    accounts = await bench.tomada.app.ledger.accounts(bench.caller.entity_id)
    assert {one.type: one.as_of for one in accounts} == {
        "BANK": after["ACCOUNTS"].as_of,
        "CREDIT": stale.as_of,
    }


async def test_one_products_outage_stops_no_other_and_is_tried_again(bench: Bench) -> None:
    await bench.read()
    before = await bench.fresh()
    await bench.bank_reads()
    fault = bench.fail("/bills", status=500)

    failed = await bench.read()

    assert fault.fired
    assert failed.state == "done"
    assert {one.product: one.error_code for one in failed.products if one.error_code} == {
        "CREDIT_CARDS": "server_error"
    }
    during = await bench.fresh()
    cards = during.pop("CREDIT_CARDS")
    assert (cards.as_of, cards.code) == (before["CREDIT_CARDS"].as_of, "server_error")
    assert all(one.complete and one.as_of != cards.as_of for one in during.values())

    bench.tomada.simulator.world.faults.clear()
    async with bench.tomada.app.store.begin() as tx:
        wanted = await tx.conn.fetchval("SELECT wanted > done AND not_before > now() FROM work")
        await tx.conn.execute("UPDATE work SET not_before = NULL")
    assert wanted
    await bench.tomada.app.reading.run(bench.item)
    after = await bench.fresh()
    assert after["CREDIT_CARDS"].as_of == after["ACCOUNTS"].as_of
    assert after["CREDIT_CARDS"].complete


async def test_what_pluggy_refuses_for_good_is_said_and_not_asked_for_again_and_again(
    bench: Bench,
) -> None:
    bench.fail("/bills", status=403)

    sync = await bench.read()

    async with bench.tomada.app.store.begin() as tx:
        assert await tx.conn.fetchval("SELECT wanted = done FROM work")
    assert sync.state == "done"
    fresh = await bench.fresh()
    assert (fresh["CREDIT_CARDS"].complete, fresh["ACCOUNTS"].complete) == (False, True)


async def test_movements_that_cannot_be_read_fail_the_sync_after_the_rest_was_read(
    bench: Bench,
) -> None:
    bench.fail("/v2/transactions", status=500)

    sync = await bench.read()

    fresh = await bench.fresh()
    assert (sync.state, sync.error_code) == ("failed", "server_error")
    assert len(await bench.tomada.app.bills.list(bench.caller.entity_id)) > 5
    assert (fresh["TRANSACTIONS"].complete, fresh["TRANSACTIONS"].as_of) == (False, None)
    assert fresh["CREDIT_CARDS"].complete


async def test_after_a_failed_run_of_pluggys_everything_is_stale_and_says_why(
    bench: Bench,
) -> None:
    await bench.read()
    before = await bench.fresh()

    await bench.bank_reads(outcome="INVALID_CREDENTIALS", provider_message="Senha errada")
    await bench.read()

    for product, one in (await bench.fresh()).items():
        assert (one.as_of, one.code) == (before[product].as_of, "INVALID_CREDENTIALS"), product
        assert one.said.by_bank == "Senha errada"
        assert one.next_expected_at is None


async def test_a_sync_tells_what_it_did_with_each_product(bench: Bench) -> None:
    first = await bench.read()
    again = await bench.read()
    listed, more = await bench.tomada.app.syncs.list(bench.caller, bench.item, cursor=None, limit=1)
    rest, end = await bench.tomada.app.syncs.list(bench.caller, bench.item, cursor=more, limit=9)

    counts = {one.product: one for one in first.products}
    assert counts["TRANSACTIONS"].read == counts["TRANSACTIONS"].added == first.transactions > 1000
    assert counts["ACCOUNTS"].read == first.accounts == 3
    assert counts["CREDIT_CARDS"].added == counts["CREDIT_CARDS"].read > 5
    for one in again.products:
        assert (one.added, one.changed, one.gone, one.error_code) == (0, 0, 0, None), one
    assert (listed, end) == ([again], None)
    assert first.id in {one.id for one in rest}


async def test_an_account_is_gone_after_two_complete_lists_and_its_rows_stay(
    bench: Bench,
) -> None:
    await bench.read()
    app, entity = bench.tomada.app, bench.caller.entity_id
    record = bench.tomada.simulator.world.state.items[bench.item]
    lost = next(one for one in record.accounts if one.subtype == "SAVINGS_ACCOUNT")
    record.accounts.remove(lost)

    async def read(hours: int) -> set[str]:
        runs = replace(app.reading.runs, clock=lambda: app.clock() + timedelta(hours=hours))
        rounds = replace(app.reading.rounds, runs=runs)
        await app.syncs.want(entity, bench.item, reason="user", full=False)
        await replace(app.reading, rounds=rounds).run(bench.item)
        return {one.id for one in await app.ledger.accounts(entity)}

    assert lost.id in await read(0)
    assert lost.id in await read(5)
    assert lost.id not in await read(7)
    page = await app.ledger.transactions(entity, limit=500)
    assert any(one.movement.account_id == lost.id for one in page.transactions)
