"""Every product in the ledger, each read by itself, each as fresh as it is and no fresher."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx2
import msgspec
import pytest

from tests.conftest import Running
from tests.integration.sync.by_hand import connected
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.domain.money import from_minor
from tomada.domain.products import PRODUCTS, Freshness, Product
from tomada.domain.syncs import Sync
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault
from tomada.simulator.sandbox import Script
from tomada.store.consents import ConsentRows


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
    async with connected(simulator, settings_for) as (tomada, caller, item):
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


async def test_the_movements_of_a_position_that_is_gone_go_with_it_and_come_back_with_it(
    bench: Bench,
) -> None:
    await bench.read()
    app, entity = bench.tomada.app, bench.caller.entity_id
    record = bench.tomada.simulator.world.state.items[bench.item]
    lost = next(one for one in record.investments if one.movements)
    theirs = {one.id for one in lost.movements}
    assert theirs <= (await _raw(bench, "investment_transactions")).keys()

    async def read(hours: int) -> set[str]:
        readers = tuple(
            replace(one, clock=lambda: app.clock() + timedelta(hours=hours))  # type: ignore[type-var]  # dataclasses all
            for one in app.reading.rounds.readers
        )
        await app.syncs.want(entity, bench.item, reason="user", full=False)
        rounds = replace(app.reading.rounds, readers=readers)
        await replace(app.reading, rounds=rounds).run(bench.item)
        return theirs & (await _raw(bench, "investment_transactions")).keys()

    record.investments.remove(lost)
    assert await read(0) == theirs
    assert await read(7) == set()
    record.investments.append(lost)
    assert await read(8) == theirs


def _plain(value: Any) -> Any:
    """Numbers by value and absent like null, as two ways of writing one object."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return Decimal(value)


async def _asked(bench: Bench, path: str, **query: str) -> list[dict[str, Any]]:
    """Ask the simulator itself, as its truth."""
    async with httpx2.AsyncClient(base_url=bench.tomada.simulator.url) as http:
        settings = bench.tomada.simulator.settings
        keys = {"clientId": settings.client_id, "clientSecret": settings.client_secret}
        key = (await http.post("/auth", json=keys)).json()["apiKey"]
        answer = await http.get(path, params=query, headers={"X-API-KEY": key})
        body = answer.json(parse_float=Decimal)
    return list(body["results"]) if "results" in body else [body]


async def _raw(bench: Bench, table: str) -> dict[str, Any]:
    """Open what the ledger kept of each object as it came."""
    app, entity = bench.tomada.app, bench.caller.entity_id
    keys = await app.vault.keys(entity)
    async with app.store.begin(entity) as tx:
        rows = await tx.conn.fetch(f"SELECT id, sealed_raw FROM {table} WHERE gone_at IS NULL")  # noqa: S608  (names from below)
    return {
        row["id"]: json.loads(
            keys.open(table, row["id"], row["sealed_raw"], group="raw"), parse_float=Decimal
        )
        for row in rows
    }


async def test_every_product_is_in_the_ledger_with_everything_pluggy_gave(bench: Bench) -> None:
    sync = await bench.read()

    app, entity = bench.tomada.app, bench.caller.entity_id
    investments = await _asked(bench, "/investments", itemId=bench.item)
    for table, listed in (
        ("investments", investments),
        ("loans", await _asked(bench, "/loans", itemId=bench.item)),
        ("identities", await _asked(bench, "/identity", itemId=bench.item)),
        (
            "investment_transactions",
            [
                row
                for one in investments
                for row in await _asked(bench, f"/investments/{one['id']}/transactions")
            ],
        ),
    ):
        truth = {one["id"]: _plain(one) for one in listed}
        assert {name: _plain(one) for name, one in (await _raw(bench, table)).items()} == truth
        assert truth, table
    shown = await app.holdings.investments(entity)
    assert {one.id: from_minor(one.balance_minor, one.currency) for one in shown} == {
        one["id"]: one["balance"] for one in investments
    }
    largest = shown[0]
    item, first, more = await app.holdings.movements(entity, largest.id, cursor=None, limit=1)
    _, rest, _ = await app.holdings.movements(entity, largest.id, cursor=more, limit=500)
    assert (item, len(first)) == (bench.item, 1)
    assert not {one.id for one in first} & {one.id for one in rest}
    (loan, *_) = await app.holdings.loans(entity)
    assert loan.more["interestRates"]
    (holder,) = await app.holdings.identities(entity)
    assert holder.detail.full_name
    assert {one.product for one in sync.products} == set(PRODUCTS)
    assert all(one.complete for one in (await bench.fresh()).values())

    again = await bench.read()

    assert {(one.added, one.changed, one.gone) for one in again.products} == {(0, 0, 0)}


async def test_only_what_the_person_agreed_to_is_asked_for(bench: Bench) -> None:
    app, entity = bench.tomada.app, bench.caller.entity_id
    recorder = bench.tomada.simulator.world.recorder
    async with app.store.begin(entity) as tx:
        consent_id = await tx.conn.fetchval("SELECT consent_id FROM items")
        (row,) = [one for one in await ConsentRows(tx).all() if one.id == consent_id]
        keys = await app.vault.keys(entity)
        shown = msgspec.msgpack.decode(keys.open("consents", row.id, row.sealed))
        shown["products"] = ["ACCOUNTS", "CREDIT_CARDS", "TRANSACTIONS", "PAYMENT_DATA"]
        sealed = keys.seal("consents", row.id, msgspec.msgpack.encode(shown))
        await tx.conn.execute("UPDATE consents SET sealed = $1", sealed)
    recorder.log.clear()

    await bench.read()

    asked = {one.path.split("/")[1] for one in recorder.log}
    assert {"accounts", "bills", "consents"} <= asked
    assert not {"investments", "loans", "identity"} & asked
    assert set(await bench.fresh()) == {*shown["products"], "CONSENTS"}


async def test_categories_are_read_once_a_week_with_both_names(bench: Bench) -> None:
    app = bench.tomada.app
    first = await app.categories.refresh()
    second = await app.categories.refresh()
    later = replace(app.categories, clock=lambda: app.clock() + timedelta(days=7, minutes=1))
    third = await later.refresh()

    listed, read_at = await app.categories.list()
    assert (first, second, third) == (True, False, True)
    assert len(listed) == 130
    assert ("01010000", "Salary", "Salário", "01000000") in {
        (one.id, one.english, one.portuguese, one.parent_id) for one in listed
    }
    assert read_at is not None


async def test_a_revoked_authorisation_makes_no_list_a_proof(bench: Bench) -> None:
    world = bench.tomada.simulator.world
    record = world.state.items[bench.item]
    world.consents.grant(record)
    await bench.read()
    held = await bench.tomada.app.holdings.loans(bench.caller.entity_id)
    world.consents.revoke(record)
    record.loans = []

    for _ in range(2):
        await bench.read()
        async with bench.tomada.app.store.begin(bench.caller.entity_id) as tx:
            await tx.conn.execute("UPDATE loans SET missing_since = now() - interval '7 hours'")

    assert await bench.tomada.app.holdings.loans(bench.caller.entity_id) == held
    (consent,) = await bench.tomada.app.bank_consents.list(bench.caller.entity_id)
    assert consent.revoked_at is not None
    assert "LOANS" in consent.detail.products


async def test_the_daily_sweep_alone_brings_every_product_up_to_date(bench: Bench) -> None:
    app, entity = bench.tomada.app, bench.caller.entity_id
    await bench.read(full=True)
    async with app.store.begin(entity) as tx:
        await tx.conn.execute("UPDATE syncs SET reason = 'first', requested_at = now()")
    record = bench.tomada.simulator.world.state.items[bench.item]
    card = next(one for one in record.accounts if one.bills)
    card.bills[0].total_amount += Decimal("1.00")
    record.investments[0].balance += Decimal("1.00")
    record.loans[0].product_name = "Renegociado"

    late = replace(app.upkeep, clock=lambda: app.clock() + timedelta(hours=25))
    overdue = await late.read_overdue()
    await app.reading.run(bench.item)

    assert overdue == 1
    totals = {str(one.id): one.total_minor for one in await app.bills.list(entity)}
    assert totals[card.bills[0].id] == card.bills[0].total_amount * 100
    values = {str(one.id): one.balance_minor for one in await app.holdings.investments(entity)}
    assert values[record.investments[0].id] == record.investments[0].balance * 100
    assert "Renegociado" in {one.detail.product_name for one in await app.holdings.loans(entity)}
