"""Every answer has the published shape."""

from typing import Any

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver


async def _places(driver: Driver) -> dict[str, str]:
    """Connect a bank, and name one resource of each kind."""
    item = await driver.connected()
    accounts = await driver.accounts(item["id"])
    card = next(one for one in accounts if one["type"] == "CREDIT")
    bill = (await driver.get("/bills", accountId=card["id"]))["results"][0]
    row = (await driver.rows(card["id"]))[0]
    consent = (await driver.get("/consents", itemId=item["id"]))["results"][0]
    identity = await driver.get("/identity", itemId=item["id"])
    return {
        "item": item["id"],
        "account": card["id"],
        "bill": bill["id"],
        "row": row["id"],
        "consent": consent["id"],
        "identity": identity["id"],
    }


READS = [
    ("/connectors", "/connectors?sandbox=true&healthDetails=true"),
    ("/connectors/{id}", "/connectors/0"),
    ("/items/{id}", "/items/{item}"),
    ("/accounts", "/accounts?itemId={item}"),
    ("/accounts/{id}", "/accounts/{account}"),
    ("/v2/transactions", "/v2/transactions?accountId={account}"),
    ("/transactions", "/transactions?accountId={account}&pageSize=7&page=2"),
    ("/transactions/{id}", "/transactions/{row}"),
    ("/bills", "/bills?accountId={account}"),
    ("/bills/{id}", "/bills/{bill}"),
    ("/categories", "/categories"),
    ("/categories/{id}", "/categories/05090004"),
    ("/consents", "/consents?itemId={item}"),
    ("/consents/{id}", "/consents/{consent}"),
    ("/identity", "/identity?itemId={item}"),
    ("/identity/{id}", "/identity/{identity}"),
    ("/investments", "/investments?itemId={item}"),
    ("/loans", "/loans?itemId={item}"),
    ("/webhooks", "/webhooks"),
]


async def test_what_is_read_has_the_published_shape(driver: Driver, contract: Contract) -> None:
    places = await _places(driver)

    answers = {path: await driver.call("GET", example.format(**places)) for path, example in READS}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        answers, 200
    )
    assert {
        path: contract.answer_violations(method="GET", path=path, status=200, content=answer.json())
        for path, answer in answers.items()
    } == {path: [] for path in answers}


@pytest.mark.parametrize("user", ["user-ok", "user-ok-account-error", "user-locked"])
async def test_an_item_has_the_published_shape_however_its_run_ended(
    driver: Driver, contract: Contract, user: str
) -> None:
    item = await driver.ended((await driver.new_item(user, connector=0))["id"])

    violations = list(contract.violations(item, {"ref": "Item"}, "item"))

    assert violations == []


@pytest.mark.parametrize("user", ["user-ok-img", "user-ok-select", "user-ok-phone", "user-ok"])
async def test_an_item_that_waits_for_a_person_has_the_published_shape(
    driver: Driver, contract: Contract, user: str
) -> None:
    connector = 5 if user == "user-ok" else 4

    item = await driver.ended((await driver.new_item(user, connector=connector))["id"])

    assert item["status"].startswith("WAITING_USER_")
    assert list(contract.violations(item, {"ref": "Item"}, "item")) == []


async def test_what_is_made_and_changed_has_the_published_shape(
    driver: Driver, contract: Contract
) -> None:
    hook = {"event": "all", "url": "http://127.0.0.1:1/hook"}
    made = (await driver.call("POST", "/webhooks", json=hook)).json()
    item = await driver.connected()
    account = (await driver.accounts(item["id"]))[0]
    row = (await driver.rows(account["id"]))[0]
    doings: list[tuple[str, str, str, Any]] = [
        ("PATCH", "/webhooks/{id}", f"/webhooks/{made['id']}", {"headers": {"X-A": "1"}}),
        ("PATCH", "/transactions/{id}", f"/transactions/{row['id']}", {"categoryId": "11010000"}),
        (
            "PATCH",
            "/items/{id}/disable-auto-sync",
            f"/items/{item['id']}/disable-auto-sync",
            None,
        ),
        ("PATCH", "/items/{id}", f"/items/{item['id']}", {}),
        ("POST", "/connectors/{id}/validate", "/connectors/0/validate", {"user": "x"}),
        ("DELETE", "/webhooks/{id}", f"/webhooks/{made['id']}", None),
        ("DELETE", "/items/{id}", f"/items/{item['id']}", None),
    ]

    answers = [
        (method, path, await driver.call(method, example, json=body))
        for method, path, example, body in doings
    ]

    for method, path, answer in answers:
        assert answer.status_code == 200, answer.text
        content = answer.json()
        assert not contract.answer_violations(method=method, path=path, status=200, content=content)
    assert not contract.answer_violations(method="POST", path="/webhooks", status=200, content=made)


NOBODY = "00000000-0000-4000-8000-000000000000"
REFUSALS: list[tuple[str, str, Any, int, str | None]] = [
    ("GET", "/items/{nobody}", None, 404, "ITEM_NOT_FOUND"),
    ("GET", "/items/no-uuid", None, 404, "ITEM_NOT_FOUND"),
    ("PATCH", "/items/{nobody}", {}, 404, "ITEM_NOT_FOUND"),
    ("DELETE", "/items/{nobody}", None, 404, "ITEM_NOT_FOUND"),
    ("POST", "/items/{nobody}/mfa", {"token": "1"}, 404, "ITEM_NOT_FOUND"),
    ("GET", "/connectors/999", None, 404, "CONNECTOR_NOT_FOUND"),
    ("GET", "/connectors/abc", None, 404, "CONNECTOR_NOT_FOUND"),
    ("GET", "/accounts", None, 400, None),
    ("GET", "/accounts?itemId=x", None, 400, None),
    ("GET", "/accounts?itemId={nobody}", None, 404, "ITEM_NOT_FOUND"),
    ("GET", "/accounts/{nobody}", None, 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "/bills?accountId={nobody}", None, 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "/bills/{nobody}", None, 404, "CREDIT_CARD_BILL_NOT_FOUND"),
    ("GET", "/transactions/{nobody}", None, 404, "TRANSACTION_NOT_FOUND"),
    ("PATCH", "/transactions/{nobody}", {"categoryId": "01000000"}, 404, None),
    ("PATCH", "/transactions/{nobody}", {}, 400, None),
    ("GET", "/v2/transactions", None, 400, None),
    ("GET", "/v2/transactions?accountId={nobody}", None, 404, "ACCOUNT_NOT_FOUND"),
    ("GET", "/categories/123", None, 404, "CATEGORY_NOT_FOUND"),
    ("GET", "/consents/{nobody}", None, 404, "CONSENT_NOT_FOUND"),
    ("GET", "/identity?itemId={nobody}", None, 404, "IDENTITY_NOT_FOUND"),
    ("GET", "/webhooks/{nobody}", None, 404, "WEBHOOK_NOT_FOUND"),
    ("POST", "/items", {}, 400, None),
    ("POST", "/items", {"connectorId": 999, "parameters": {"user": "a"}}, 404, None),
    ("POST", "/items", {"connectorId": 0}, 400, "PARAMETERS_NOT_PROVIDED"),
    (
        "POST",
        "/items",
        {"connectorId": 0, "parameters": {"user": "me"}},
        400,
        "CONNECTOR_VALIDATION_ERROR",
    ),
    ("POST", "/connect_token", {"itemId": NOBODY}, 404, "ITEM_NOT_FOUND"),
    ("GET", "/no/such/thing", None, 404, None),
    ("PUT", "/items", {}, 405, None),
]


async def test_a_refusal_says_status_code_and_message(driver: Driver) -> None:
    answers = [
        (await driver.call(method, path.format(nobody=NOBODY), json=body)).json()
        for method, path, body, _, _ in REFUSALS
    ]

    assert [answer["code"] for answer in answers] == [status for *_, status, _ in REFUSALS]
    assert all(answer["message"] for answer in answers)
    assert [
        (path, answer.get("codeDescription"))
        for (_, path, *_, code), answer in zip(REFUSALS, answers, strict=True)
        if code is not None
    ] == [(path, code) for _, path, _, _, code in REFUSALS if code is not None]


async def test_messages_of_several_faults_are_joined_by_commas(driver: Driver) -> None:
    answer = await driver.call("GET", "/v2/transactions")

    expected = "accountId should not be null or undefined,accountId must be a UUID"
    assert answer.json()["message"] == expected


async def test_a_body_that_is_no_json_is_refused(driver: Driver) -> None:
    answer = await driver.http.post(
        "/items", headers={"X-API-KEY": driver.key}, content=b'{"connectorId": '
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == 400


async def test_browsers_of_any_origin_may_call(driver: Driver) -> None:
    asked = {
        "Origin": "https://product.example.com",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "x-api-key",
    }

    answer = await driver.http.request("OPTIONS", "/connectors", headers=asked)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-api-key" in answer.headers["access-control-allow-headers"].lower()
