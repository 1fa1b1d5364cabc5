"""What an item holds beside accounts has the published shape, and is refused as documented."""

from typing import Any

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator_products.moments import Clock, approved

READS = [
    ("/investments", "/investments?itemId={item}"),
    ("/investments/{id}", "/investments/{investment}"),
    ("/investments/{id}/transactions", "/investments/{investment}/transactions?pageSize=3"),
    ("/loans", "/loans?itemId={item}"),
    ("/loans/{id}", "/loans/{loan}"),
    ("/identity", "/identity?itemId={item}"),
    ("/identity/{id}", "/identity/{identity}"),
    ("/accounts/{id}/balance", "/accounts/{account}/balance"),
    ("/accounts/{id}/statements", "/accounts/{account}/statements"),
    ("/items/{id}/resources", "/items/{item}/resources"),
    ("/items/{id}/scr", "/items/{item}/scr?from=202601&to=202607"),
    ("/v2/items", "/v2/items"),
    ("/merchants", "/merchants?cnpjs=11.222.333/0001-81,123"),
    ("/categories/rules", "/categories/rules"),
]


async def _places(driver: Driver, item: Any) -> dict[str, str]:
    return {
        "item": item["id"],
        "account": (await driver.accounts(item["id"]))[0]["id"],
        "investment": (await driver.get("/investments", itemId=item["id"]))["results"][0]["id"],
        "loan": (await driver.get("/loans", itemId=item["id"]))["results"][0]["id"],
        "identity": (await driver.get("/identity", itemId=item["id"]))["id"],
    }


async def test_every_product_has_the_published_shape(contract: Contract) -> None:
    async with driving(list_items=True) as driver:
        places = await _places(driver, await approved(driver))

        answers = {
            path: await driver.call("GET", example.format(**places)) for path, example in READS
        }

    assert {path: one.status_code for path, one in answers.items()} == dict.fromkeys(answers, 200)
    assert {
        path: contract.answer_violations(method="GET", path=path, status=200, content=one.json())
        for path, one in answers.items()
    } == {path: [] for path in answers}


@pytest.mark.parametrize(("connector", "user"), [(0, "user-ok"), (1, "user-ok-multi-company")])
async def test_people_and_companies_of_direct_banks_have_the_published_shape(
    driver: Driver, contract: Contract, connector: int, user: str
) -> None:
    item = await driver.connected(user, connector=connector)
    places = await _places(driver, item)

    for path, example in READS[:7]:
        content = (await driver.call("GET", example.format(**places))).json()
        assert not contract.answer_violations(method="GET", path=path, status=200, content=content)


NOBODY = "00000000-0000-4000-8000-000000000000"
REFUSALS: list[tuple[str, str, Any, int, str | None]] = [
    ("GET", "/investments", None, 400, None),
    ("GET", "/investments?itemId=x", None, 400, None),
    ("GET", "/investments?itemId={nobody}", None, 404, "ITEM_NOT_FOUND"),
    ("GET", "/investments?itemId={item}&type=GOLD", None, 400, None),
    ("GET", "/investments?itemId={item}&pageSize=501", None, 400, None),
    ("GET", "/investments/{nobody}", None, 404, "INVESTMENT_NOT_FOUND"),
    ("GET", "/investments/x/transactions", None, 404, "INVESTMENT_NOT_FOUND"),
    ("GET", "/loans/{nobody}", None, 404, "LOAN_NOT_FOUND"),
    ("GET", "/identity?itemId={nobody}", None, 404, "IDENTITY_NOT_FOUND"),
    ("GET", "/identity?itemId=x", None, 400, None),
    ("GET", "/accounts/{nobody}/balance", None, 404, None),
    ("GET", "/accounts/{card}/balance", None, 400, "BALANCE_INVALID_REQUEST"),
    ("GET", "/accounts/x/statements", None, 400, None),
    ("GET", "/items/{nobody}/resources", None, 404, "ITEM_NOT_FOUND"),
    ("GET", "/items/{item}/resources?status=GONE", None, 400, None),
    ("GET", "/items/{nobody}/scr", None, 404, "ITEM_NOT_FOUND"),
    ("GET", "/items/{item}/scr?from=2026-01", None, 400, "SCR_INVALID_REQUEST"),
    ("GET", "/items/{item}/scr?from=202607&to=202601", None, 400, "SCR_INVALID_REQUEST"),
    ("GET", "/items/{item}/scr?from=202001&to=202601", None, 400, "SCR_INVALID_REQUEST"),
    ("GET", "/v2/items", None, 403, None),
    ("POST", "/categories/rules", {}, 400, None),
    (
        "POST",
        "/categories/rules",
        {"description": "x", "categoryId": "12345678"},
        404,
        "CATEGORY_NOT_FOUND",
    ),
    (
        "POST",
        "/categories/rules",
        {"description": "x", "categoryId": "11010000", "matchType": "like"},
        400,
        None,
    ),
    ("DELETE", "/categories/rules/{nobody}", None, 404, "CATEGORY_RULE_NOT_FOUND"),
    ("GET", "/payroll-loans/{nobody}", None, 404, "PAYROLL_LOAN_NOT_FOUND"),
    ("GET", "/portfolio/{nobody}", None, 404, "ITEM_NOT_FOUND"),
]


async def test_a_refusal_says_status_and_code(driver: Driver) -> None:
    item = await driver.connected()
    accounts = await driver.accounts(item["id"])
    card = next(one["id"] for one in accounts if one["type"] == "CREDIT")
    places = {"nobody": NOBODY, "item": item["id"], "card": card}

    answers = [
        await driver.refused(method, path.format(**places), json=body)
        for method, path, body, _, _ in REFUSALS
    ]

    expected = [(status, code) for *_, status, code in REFUSALS]
    assert answers == expected


async def test_a_connect_token_reads_no_product(driver: Driver) -> None:
    item = await driver.connected(connector=0)
    token = await driver.connect_token(itemId=item["id"])
    paths = ("/investments", "/loans", "/identity", "/benefits")

    answers = [
        await driver.refused("GET", path, key=token, params={"itemId": item["id"]})
        for path in paths
    ]

    assert {status for status, _ in answers} == {403}


async def test_products_that_were_not_asked_for_are_empty(driver: Driver) -> None:
    item = await driver.connected(connector=0, products=["ACCOUNTS", "TRANSACTIONS"])

    investments = await driver.get("/investments", itemId=item["id"])
    loans = await driver.get("/loans", itemId=item["id"])
    identity = await driver.refused("GET", "/identity", params={"itemId": item["id"]})

    assert (investments["total"], loans["total"]) == (0, 0)
    assert identity == (404, "IDENTITY_NOT_FOUND")


async def test_a_deleted_item_takes_its_products_along(driver: Driver) -> None:
    item = await driver.connected(connector=0)
    places = await _places(driver, item)

    await driver.call("DELETE", f"/items/{item['id']}")

    assert await driver.refused("GET", f"/loans/{places['loan']}") == (404, "LOAN_NOT_FOUND")
    found = await driver.refused("GET", f"/investments/{places['investment']}")
    assert found == (404, "INVESTMENT_NOT_FOUND")


async def test_equal_worlds_answer_byte_by_byte_the_same() -> None:
    async def everything() -> list[bytes]:
        # Addresses of statement files name the port, which differs from run to run.
        examples = [example for path, example in READS if not path.endswith("statements")]
        async with driving(clock=Clock(), list_items=True) as driver:
            places = await _places(driver, await approved(driver))
            origin = driver.simulator.url.encode()
            answers = [await driver.call("GET", one.format(**places)) for one in examples]
            return [one.content.replace(origin, b"") for one in answers]

    first, second = await everything(), await everything()

    assert first == second
