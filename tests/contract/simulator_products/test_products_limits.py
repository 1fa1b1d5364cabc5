"""Open Finance's monthly limits, live balances, outages and the state of resources."""

from decimal import Decimal
from typing import Any

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator_products.moments import (
    Clock,
    approved,
    balance_refused,
    run,
)
from tomada.simulator.products.settings import ProductSettings


async def _checking(driver: Driver, item: Any) -> Any:
    return (await driver.accounts(item["id"]))[0]


async def test_over_the_monthly_limit_a_run_succeeds_in_part_and_old_data_stay(
    contract: Contract,
) -> None:
    clock = Clock()
    async with driving(clock=clock, products=ProductSettings(runs_per_month=2)) as driver:
        item = await driver.connected()
        account = await _checking(driver, item)
        second = await run(driver, item["id"])
        row = driver.simulator.world.pix_in(item["id"])

        third = await run(driver, item["id"])
        stale = await driver.rows(account["id"])
        await clock.move(driver, days=31)
        next_month = await run(driver, item["id"])
        fresh = await driver.rows(account["id"])

    assert (second["status"], second["executionStatus"]) == ("UPDATED", "SUCCESS")
    assert (third["status"], third["executionStatus"]) == ("UPDATED", "PARTIAL_SUCCESS")
    detail = third["statusDetail"]["transactions"]
    assert detail["isUpdated"] is False
    assert "monthly Open Finance limit" in detail["warnings"][0]["message"]
    assert not list(contract.violations(third, {"ref": "Item"}, "item"))
    assert len(stale) > 100
    assert row.id not in {one["id"] for one in stale}
    assert next_month["executionStatus"] == "SUCCESS"
    assert row.id in {one["id"] for one in fresh}


async def test_a_second_item_of_one_person_burns_the_same_limit() -> None:
    async with driving(products=ProductSettings(runs_per_month=2)) as driver:
        first = await driver.connected()
        await run(driver, first["id"])

        twin = await driver.connected()
        other_bank = await driver.connected(connector=614)
        other_person = await driver.connected("user-ok-ana")

    assert twin["executionStatus"] == "PARTIAL_SUCCESS"
    assert other_bank["executionStatus"] == "SUCCESS"
    assert other_person["executionStatus"] == "SUCCESS"


async def test_direct_banks_know_no_monthly_limit() -> None:
    async with driving(products=ProductSettings(runs_per_month=1)) as driver:
        item = await driver.connected(connector=0)

        again = await run(driver, item["id"])

    assert again["executionStatus"] == "SUCCESS"


async def test_a_live_balance_is_ahead_of_the_rows_and_counted_once(driver: Driver) -> None:
    item = await driver.connected()
    account = await _checking(driver, item)
    world = driver.simulator.world
    row = world.pix_in(item["id"], amount=Decimal(100), collect=False)

    live = await driver.get(f"/accounts/{account['id']}/balance")
    again = await driver.get(f"/accounts/{account['id']}/balance")
    rows = await driver.rows(account["id"])
    shown = (await driver.get(f"/accounts/{account['id']}"))["balance"]
    await run(driver, item["id"])
    after = await driver.get(f"/accounts/{account['id']}")

    assert Decimal(str(live["balance"])) - Decimal(str(account["balance"])) == 100
    assert again["balance"] == shown == live["balance"] == after["balance"]
    assert row.id not in {one["id"] for one in rows}
    assert row.id in {one["id"] for one in await driver.rows(account["id"])}


async def test_live_balances_are_limited_too() -> None:
    clock = Clock()
    settings = ProductSettings(balances_per_month=1)
    async with driving(clock=clock, products=settings) as driver:
        account = await _checking(driver, await driver.connected())
        await driver.get(f"/accounts/{account['id']}/balance")

        refused = await balance_refused(driver, account["id"])
        await clock.move(driver, days=31)
        later = await driver.call("GET", f"/accounts/{account['id']}/balance")

    assert refused == (429, "BALANCE_OPEN_FINANCE_RATE_LIMIT")
    assert later.status_code == 200


async def test_an_outage_of_the_institution_refuses_updates_and_balances(driver: Driver) -> None:
    item = await driver.connected()
    account = await _checking(driver, item)
    driver.simulator.world.set_health(613, "OFFLINE")

    update = await driver.refused("PATCH", f"/items/{item['id']}", json={})
    balance = await balance_refused(driver, account["id"])
    registry = await driver.refused("GET", f"/items/{item['id']}/scr")
    automatic = await run(driver, item["id"])

    assert update == (400, "CONNECTOR_OFFLINE")
    assert balance == (502, "BALANCE_CONNECTOR_UNAVAILABLE")
    assert registry == (502, None)
    assert (automatic["status"], automatic["error"]["code"]) == ("OUTDATED", "SITE_NOT_AVAILABLE")


async def test_the_state_of_a_resource_decides_balances_and_runs(driver: Driver) -> None:
    item = await driver.connected()
    account = await _checking(driver, item)
    page = await driver.get(f"/items/{item['id']}/resources")
    resource = page["results"][0]
    place = f"/_simulator/items/{item['id']}/resources/{resource['resourceId']}"
    outcomes = {
        "PENDING_AUTHORISATION": (403, "BALANCE_CONSENT_ERROR"),
        "UNAVAILABLE": (404, "BALANCE_NOT_FOUND"),
        "TEMPORARILY_UNAVAILABLE": (500, "BALANCE_FETCH_ERROR"),
    }

    refused = {}
    for status in outcomes:
        await driver.http.patch(place, json={"status": status})
        refused[status] = await balance_refused(driver, account["id"])
    warned = await run(driver, item["id"])
    shown = await driver.get(f"/items/{item['id']}/resources", status="TEMPORARILY_UNAVAILABLE")

    assert {one["status"] for one in page["results"]} == {"AVAILABLE"}
    assert refused == outcomes
    assert warned["executionStatus"] == "PARTIAL_SUCCESS"
    assert warned["statusDetail"]["accounts"]["warnings"]
    assert [one["resourceId"] for one in shown["results"]] == [resource["resourceId"]]


async def test_what_needs_several_approvals_is_pending_first(driver: Driver) -> None:
    item = await approved(driver, parameters={"cpf": "238.242.640-30"})
    rejected = await approved(driver, parameters={"cpf": "051.177.670-55"})

    async def statuses(item_id: str) -> set[str]:
        page = await driver.get(f"/items/{item_id}/resources")
        return {one["status"] for one in page["results"] if one["type"] == "ACCOUNT"}

    first, first_rejected = await statuses(item["id"]), await statuses(rejected["id"])
    await run(driver, item["id"])
    await run(driver, rejected["id"])

    assert first == first_rejected == {"PENDING_AUTHORISATION"}
    assert await statuses(item["id"]) == {"AVAILABLE"}
    assert await statuses(rejected["id"]) == {"UNAVAILABLE"}


async def test_a_direct_bank_declares_no_resources(driver: Driver) -> None:
    item = await driver.connected(connector=0)

    page = await driver.get(f"/items/{item['id']}/resources")

    assert (page["total"], page["results"]) == (0, [])


async def test_the_control_api_uses_limits_up_and_gives_them_back(driver: Driver) -> None:
    item = await driver.connected()

    used_up = await driver.http.delete(f"/_simulator/items/{item['id']}/quota")
    stale = await run(driver, item["id"])
    cleared = await driver.http.delete("/_simulator/quotas")
    fresh = await run(driver, item["id"])
    counted = (await driver.http.get("/_simulator/quotas")).json()["used"]

    assert any(name.startswith("user-ok|613|transactions|") for name in used_up.json()["used"])
    assert stale["executionStatus"] == "PARTIAL_SUCCESS"
    assert cleared.json()["count"] > 0
    assert fresh["executionStatus"] == "SUCCESS"
    assert set(counted.values()) == {1}


async def test_while_the_limit_is_used_up_news_wait_at_the_bank(driver: Driver) -> None:
    item = await driver.connected()
    account = await _checking(driver, item)
    world = driver.simulator.world
    world.quotas.use_up(world.items.get(item["id"]))

    row = world.pix_in(item["id"])
    unseen = await driver.rows(account["id"])
    world.quotas.clear()
    await run(driver, item["id"])

    assert row.id not in {one["id"] for one in unseen}
    assert row.id in {one["id"] for one in await driver.rows(account["id"])}


async def test_unknown_resources_and_statuses_are_refused(driver: Driver) -> None:
    item = await driver.connected()
    place = f"/_simulator/items/{item['id']}/resources"
    known = (await driver.get(f"/items/{item['id']}/resources"))["results"][0]["resourceId"]

    unknown = await driver.http.patch(f"{place}/nothing", json={"status": "AVAILABLE"})
    strange = await driver.http.patch(f"{place}/{known}", json={"status": "AWAY"})

    assert (unknown.status_code, strange.status_code) == (404, 400)
