"""Categorisation rules hold for what comes in after they were made."""

from decimal import Decimal
from typing import Any

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving
from tomada.simulator.products.settings import ProductSettings

FOOD = "11010000"


async def _rule(driver: Driver, **fields: str) -> Any:
    body = {"description": "Padaria Sol", "categoryId": FOOD} | fields
    answer = await driver.call("POST", "/categories/rules", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _bought(driver: Driver, item: Any, description: str, kind: str = "pix_out") -> str | None:
    world = driver.simulator.world
    row = world.post(item["id"], kind=kind, description=description, amount=Decimal(10))
    return row.category_id


async def test_a_rule_is_shown_in_the_published_shape(driver: Driver, contract: Contract) -> None:
    made = await _rule(driver, matchType="contains", transactionType="DEBIT")

    listed = await driver.get("/categories/rules")

    assert made["category"] == "Eating out"
    assert listed["results"] == [made]
    assert not contract.answer_violations(
        method="POST", path="/categories/rules", status=200, content=made
    )


@pytest.mark.parametrize(
    ("match", "hits", "misses"),
    [
        ("exact", ["Padaria Sol", "PADARIA SOL"], ["Padaria Sol 2", "A Padaria Sol"]),
        ("contains", ["Compra Padaria Sol 2"], ["Padaria Lua"]),
        ("startsWith", ["Padaria Sol 2"], ["A Padaria Sol"]),
        ("endsWith", ["A padaria sol"], ["Padaria Sol 2"]),
    ],
)
async def test_a_rule_compares_descriptions_as_it_says(
    driver: Driver, match: str, hits: list[str], misses: list[str]
) -> None:
    item = await driver.connected()
    await _rule(driver, matchType=match)

    hit = {text: _bought(driver, item, text) for text in hits}
    missed = {text: _bought(driver, item, text) for text in misses}

    assert hit == dict.fromkeys(hits, FOOD)
    assert FOOD not in missed.values()


async def test_a_rule_looks_at_direction_and_kind_of_account(driver: Driver) -> None:
    item = await driver.connected()
    await _rule(driver, transactionType="DEBIT", accountType="CREDIT_CARD")

    assert _bought(driver, item, "Padaria Sol", "card_purchase") == FOOD
    assert _bought(driver, item, "Padaria Sol", "refund") != FOOD
    assert _bought(driver, item, "Padaria Sol", "pix_out") != FOOD


async def test_the_newest_rule_that_fits_wins(driver: Driver) -> None:
    item = await driver.connected()
    await _rule(driver)
    await _rule(driver, categoryId="10000000")

    assert _bought(driver, item, "Padaria Sol") == "10000000"


async def test_rules_reach_a_first_reading_and_leave_what_is_there(driver: Driver) -> None:
    before = await driver.connected("user-ok-ana")
    await _rule(driver, description="Pix", matchType="startsWith", categoryId="15000000")

    after = await driver.connected("user-ok-ana", connector=614)

    async def categories(item: Any) -> set[str]:
        rows = await driver.rows((await driver.accounts(item["id"]))[0]["id"])
        return {one["categoryId"] for one in rows if one["description"].startswith("Pix ")}

    assert await categories(after) == {"15000000"}
    assert "15000000" not in await categories(before)


async def test_a_removed_rule_no_longer_holds(driver: Driver) -> None:
    item = await driver.connected()
    rule = await _rule(driver)

    answer = await driver.call("DELETE", f"/categories/rules/{rule['id']}")
    again = await driver.refused("DELETE", f"/categories/rules/{rule['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert again == (404, "CATEGORY_RULE_NOT_FOUND")
    assert _bought(driver, item, "Padaria Sol") != FOOD


async def test_capitals_count_where_the_setting_says_so() -> None:
    async with driving(products=ProductSettings(rules_match_case=True)) as driver:
        item = await driver.connected()
        await _rule(driver)

        shouted = _bought(driver, item, "PADARIA SOL")
        plain = _bought(driver, item, "Padaria Sol")

    assert plain == FOOD
    assert shouted != FOOD


async def test_rules_of_another_client_are_neither_shown_nor_removed(driver: Driver) -> None:
    rule = await _rule(driver)
    driver.simulator.world.state.rules[rule["id"]].client_id = "somebody else"

    listed = await driver.get("/categories/rules")
    refused = await driver.refused("DELETE", f"/categories/rules/{rule['id']}")

    assert listed["results"] == []
    assert refused == (403, "CATEGORY_RULE_FORBIDDEN")
