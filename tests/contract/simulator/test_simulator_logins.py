"""Logins that are unlike the others: very many rows, parameters nobody here can read."""

from typing import Any

from tests.contract.simulator.driver import Driver


async def test_a_user_with_a_hundred_thousand_rows_is_read_page_by_page(driver: Driver) -> None:
    item = await driver.connected("user-ok-perf-100x", connector=0)
    accounts = await driver.accounts(item["id"])
    counts = [
        (await driver.get("/transactions", accountId=one["id"], pageSize=1))["total"]
        for one in accounts
    ]
    biggest = accounts[counts.index(max(counts))]["id"]

    page = await driver.get("/v2/transactions", accountId=biggest)

    assert sum(counts) >= 100_000
    assert (len(page["results"]), page["next"] is None) == (500, False)


async def test_encrypted_parameters_log_in_as_the_good_user(driver: Driver) -> None:
    login: Any = "bm90IHRvIGJlIG9wZW5lZCBoZXJl"

    item = await driver.ended((await driver.new_item(connector=0, parameters=login))["id"])

    assert item["status"] == "UPDATED"
