"""The institutions: which are listed, how they look, what their forms accept."""

from typing import Any

import pytest

from tests.contract.simulator.driver import Driver


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", list(range(613, 621))),
        ("?sandbox=true", [0, 1, 2, 3, 4, 5, 6, 600, *range(613, 621)]),
        ("?name=aurora", [613]),
        ("?types=BUSINESS_BANK&sandbox=true", [1, 620]),
        ("?types=BUSINESS_BANK,PERSONAL_BANK&name=jequi", [615, 620]),
        ("?countries=AR", []),
        ("?isOpenFinance=true&sandbox=true", [600, *range(613, 621)]),
        ("?supportsPaymentInitiation=true", []),
    ],
)
async def test_the_list_keeps_what_passes_every_filter(
    driver: Driver, query: str, ids: list[int]
) -> None:
    page = await driver.get(f"/connectors{query}")

    assert [connector["id"] for connector in page["results"]] == ids
    assert page["total"] == len(ids)


async def test_every_institution_has_a_colour_and_a_logo_of_its_own(driver: Driver) -> None:
    connectors = (await driver.get("/connectors?sandbox=true"))["results"]

    logos = [await driver.http.get(connector["imageUrl"]) for connector in connectors]

    assert {logo.headers["content-type"] for logo in logos} == {"image/svg+xml"}
    for connector, logo in zip(connectors, logos, strict=True):
        assert f"#{connector['primaryColor']}" in logo.text
        assert connector["name"] in logo.text


async def test_a_filter_that_is_no_boolean_is_refused(driver: Driver) -> None:
    assert await driver.refused("GET", "/connectors?sandbox=maybe") == (400, None)


async def test_credentials_are_checked_without_starting_anything(driver: Driver) -> None:
    async def errors(**parameters: str) -> list[Any]:
        answer = await driver.call("POST", "/connectors/3/validate", json=parameters)
        assert answer.json()["parameters"] == parameters
        return [error["parameter"] for error in answer.json()["errors"]]

    assert await errors(user="user-ok", password="password-ok", token="123456") == []
    assert await errors(user="me", password="password-ok") == ["user", "token"]


async def test_the_categories_are_a_tree(driver: Driver) -> None:
    page = await driver.get("/categories")
    children = await driver.get("/categories", parentId="05090000")

    by_id = {category["id"]: category for category in page["results"]}
    assert page["total"] == len(by_id) == 130
    assert "parentId" not in by_id["01000000"]
    assert by_id["02030001"]["parentId"] == "02000000"
    assert by_id["02030001"]["parentDescription"] == "Financing"
    assert by_id["05090004"]["descriptionTranslated"] == "Transferência para terceiros - PIX"
    assert children["total"] == 5
