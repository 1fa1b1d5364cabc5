"""Bank consents end at the bank: withdrawn or expired, noticed by the next run, given anew."""

from datetime import timedelta
from typing import Any

from tests.contract.simulator.driver import PASSWORD, Driver, driving
from tests.contract.simulator_products.moments import (
    Clock,
    approved,
    balance_refused,
    run,
)
from tomada.simulator.products.settings import ProductSettings


async def _consents(driver: Driver, item: Any) -> list[Any]:
    results: list[Any] = (await driver.get("/consents", itemId=item["id"]))["results"]
    return results


async def test_access_withdrawn_at_the_bank_is_noticed_by_the_next_run(driver: Driver) -> None:
    item = await driver.connected()
    account = (await driver.accounts(item["id"]))[0]
    answer = await driver.http.delete(f"/_simulator/items/{item['id']}/consent")
    before = await _consents(driver, item)

    refused = await balance_refused(driver, account["id"])
    ended = await run(driver, item["id"])
    after = await _consents(driver, item)

    assert answer.status_code == 200
    assert [one["revokedAt"] for one in before] == [None]
    assert refused == (403, "BALANCE_CONSENT_ERROR")
    assert (ended["status"], ended["executionStatus"]) == (
        "LOGIN_ERROR",
        "USER_AUTHORIZATION_REVOKED",
    )
    assert ended["nextAutoSyncAt"] is None
    assert after[0]["revokedAt"] is not None
    assert await driver.rows(account["id"])


async def test_a_revoked_item_stays_refused_until_the_person_authorises_anew() -> None:
    login = {"parameters": {"user": "user-ok", "password": PASSWORD}}
    async with driving(login_backoff=timedelta(0)) as driver:
        item = await driver.connected()
        account = (await driver.accounts(item["id"]))[0]
        rows = {one["id"] for one in await driver.rows(account["id"])}
        driver.simulator.world.consents.withdraw(driver.simulator.world.items.get(item["id"]))
        await run(driver, item["id"])

        again = await run(driver, item["id"])
        empty_update = await driver.refused("PATCH", f"/items/{item['id']}", json={})
        await driver.call("PATCH", f"/items/{item['id']}", json=login)
        renewed = await driver.ended(item["id"])
        consents = await _consents(driver, item)
        later = await run(driver, item["id"])
        rows_after = {one["id"] for one in await driver.rows(account["id"])}

    assert again["executionStatus"] == "USER_AUTHORIZATION_REVOKED"
    assert empty_update == (400, "LAST_EXECUTION_HAD_LOGIN_ERROR")
    assert renewed["executionStatus"] == "SUCCESS"
    assert [one["revokedAt"] is None for one in consents] == [False, True]
    assert later["executionStatus"] == "SUCCESS"
    assert rows_after == rows


async def test_lists_of_a_revoked_item_may_answer_empty() -> None:
    async with driving(products=ProductSettings(revoked_lists="empty")) as driver:
        item = await approved(driver)
        account = (await driver.accounts(item["id"]))[0]
        await run(driver, item["id"], "USER_AUTHORIZATION_REVOKED")

        lists = [
            await driver.get(path, itemId=item["id"])
            for path in ("/accounts", "/investments", "/loans")
        ]
        rows = await driver.get("/v2/transactions", accountId=account["id"])
        bills = await driver.get("/bills", accountId=account["id"])

    assert [one["results"] for one in (*lists, rows, bills)] == [[]] * 5


async def test_a_consent_with_an_end_says_so_and_ends() -> None:
    clock = Clock()
    settings = ProductSettings(consent_lasts=timedelta(days=365))
    async with driving(clock=clock, products=settings, auto_sync_hours=None) as driver:
        item = await driver.connected()
        end = (await _consents(driver, item))[0]["expiresAt"]

        await clock.move(driver, days=364)
        in_time = await run(driver, item["id"])
        await clock.move(driver, days=2)
        late = await run(driver, item["id"])
        login = {"parameters": {"user": "user-ok", "password": PASSWORD}}
        await driver.call("PATCH", f"/items/{item['id']}", json=login)
        renewed = await driver.ended(item["id"])

    assert item["consentExpiresAt"] == end == "2027-11-20T15:00:00.000Z"
    assert in_time["executionStatus"] == "SUCCESS"
    assert late["executionStatus"] == "USER_AUTHORIZATION_REVOKED"
    assert renewed["executionStatus"] == "SUCCESS"
    assert renewed["consentExpiresAt"] == "2028-11-20T15:00:00.000Z"


async def test_a_consent_can_be_renewed_before_it_ends() -> None:
    clock = Clock()
    settings = ProductSettings(consent_lasts=timedelta(days=30))
    async with driving(clock=clock, products=settings, auto_sync_hours=None) as driver:
        item = await driver.connected()
        await clock.move(driver, days=20)
        login = {"parameters": {"user": "user-ok", "password": PASSWORD}}

        await driver.call("PATCH", f"/items/{item['id']}", json=login)
        renewed = await driver.ended(item["id"])
        consents = await _consents(driver, item)

    assert renewed["consentExpiresAt"] == "2027-01-09T15:00:00.000Z"
    assert [one["revokedAt"] is None for one in consents] == [False, True]


async def test_consents_of_open_finance_have_no_end(driver: Driver) -> None:
    item = await driver.connected()

    consents = await _consents(driver, item)

    assert item["consentExpiresAt"] is None
    assert [one["expiresAt"] for one in consents] == [None]


async def test_planned_runs_begin_at_their_time_and_plan_the_next() -> None:
    clock = Clock()
    async with driving(clock=clock, auto_sync_hours=24.0) as driver:
        item = await driver.connected()
        world = driver.simulator.world
        too_early = world.auto_sync.run_due()

        await clock.move(driver, hours=24)
        started = await driver.item_at(
            item["id"], lambda one: one["lastUpdatedAt"] != item["lastUpdatedAt"]
        )

    assert item["nextAutoSyncAt"] == "2026-11-21T15:00:00.000Z"
    assert too_early == []
    assert started["lastUpdatedAt"] == "2026-11-21T15:00:00.000Z"
    assert started["nextAutoSyncAt"] == "2026-11-22T15:00:00.000Z"


async def test_one_person_is_one_item_where_duplicates_are_avoided(driver: Driver) -> None:
    first = await approved(driver)
    body = {
        "connectorId": 600,
        "parameters": {"cpf": "76109277673"},
        "avoidDuplicates": True,
    }

    answer = await driver.call("POST", "/items", json=body)
    other = await driver.call(
        "POST", "/items", json=body | {"parameters": {"cpf": "238.242.640-30"}}
    )

    assert answer.status_code == 400
    assert answer.json()["codeDescription"] == "ITEM_USER_ALREADY_EXISTS"
    assert answer.json()["items"] == [first["id"]]
    assert other.status_code == 200
