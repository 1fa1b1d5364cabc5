"""How executions go: the sandbox users, MFA, approval at the bank, updates and their refusals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator.receiving import Receiver

ENDS = {
    "user-ok": ("UPDATED", "SUCCESS", None),
    "user-ok-account-error": ("UPDATED", "PARTIAL_SUCCESS", None),
    "user-ok-account-warning": ("UPDATED", "SUCCESS", None),
    "user-ok-two-checking-accounts": ("UPDATED", "SUCCESS", None),
    "user-logged": ("LOGIN_ERROR", "ALREADY_LOGGED_IN", "ALREADY_LOGGED_IN"),
    "user-locked": ("LOGIN_ERROR", "ACCOUNT_LOCKED", "ACCOUNT_LOCKED"),
    "user-account-credentials-reset": (
        "LOGIN_ERROR",
        "ACCOUNT_CREDENTIALS_RESET",
        "ACCOUNT_CREDENTIALS_RESET",
    ),
    "user-account-need-actions": (
        "LOGIN_ERROR",
        "ACCOUNT_NEEDS_ACTION",
        "ACCOUNT_NEEDS_ACTION",
    ),
    "user-account-need-actions-provider-message": (
        "LOGIN_ERROR",
        "ACCOUNT_NEEDS_ACTION",
        "ACCOUNT_NEEDS_ACTION",
    ),
    "user-not-supported": ("LOGIN_ERROR", "USER_NOT_SUPPORTED", "USER_NOT_SUPPORTED"),
    "user-unavailable": ("OUTDATED", "SITE_NOT_AVAILABLE", "SITE_NOT_AVAILABLE"),
    "user-connection-error": ("OUTDATED", "CONNECTION_ERROR", "CONNECTION_ERROR"),
    "user-error": ("OUTDATED", "ERROR", "UNEXPECTED_ERROR"),
    "user-whoever": ("LOGIN_ERROR", "INVALID_CREDENTIALS", "INVALID_CREDENTIALS"),
}


async def test_each_sandbox_user_ends_as_published(driver: Driver) -> None:
    made = {user: await driver.new_item(user, connector=0) for user in ENDS}

    items = {user: await driver.ended(item["id"]) for user, item in made.items()}

    assert {(item["status"], item["executionStatus"]) for item in made.values()} == {
        ("UPDATING", "CREATED")
    }
    assert {
        user: (item["status"], item["executionStatus"], (item["error"] or {}).get("code"))
        for user, item in items.items()
    } == ENDS
    message = items["user-account-need-actions-provider-message"]["error"]["providerMessage"]
    assert message.startswith("Atualize seus dados")


async def test_a_wrong_password_is_a_login_error_without_auto_sync(driver: Driver) -> None:
    item = await driver.ended((await driver.new_item(password="password-no"))["id"])

    assert (item["status"], item["executionStatus"]) == ("LOGIN_ERROR", "INVALID_CREDENTIALS")
    assert item["consecutiveFailedLoginAttempts"] == 1
    assert item["nextAutoSyncAt"] is None
    assert item["lastUpdatedAt"] is None


async def test_a_partial_success_says_which_product_failed_and_withholds_it(
    driver: Driver,
) -> None:
    item = await driver.connected("user-ok-account-error")

    detail = item["statusDetail"]
    kinds = {account["type"] for account in await driver.accounts(item["id"])}

    assert detail["accounts"]["isUpdated"] is True
    assert detail["creditCards"]["isUpdated"] is False
    assert detail["creditCards"]["lastUpdatedAt"] is None
    assert detail["creditCards"]["warnings"][0]["code"] == "001"
    assert detail["loans"] is None
    assert kinds == {"BANK"}


async def test_what_a_partial_success_withheld_comes_with_the_next_good_run(
    driver: Driver, receiver: Receiver
) -> None:
    item = await driver.connected()
    whole = await driver.accounts(item["id"])
    other = await driver.connected("user-ok-account-error")
    before = await driver.accounts(other["id"])
    await driver.call("POST", "/webhooks", json={"event": "all", "url": receiver.url})

    await driver.call("POST", f"/_simulator/items/{other['id']}/run", json={"outcome": "SUCCESS"})
    await driver.ended(other["id"])
    after = await driver.accounts(other["id"])

    assert len(whole) == 3
    assert [one["id"] for one in before] == [one["id"] for one in after if one["type"] == "BANK"]
    assert {one["type"] for one in after} == {"BANK", "CREDIT"}
    created = await receiver.has("transactions/created")
    card = next(one for one in after if one["type"] == "CREDIT")
    assert [event["accountId"] for event in created] == [card["id"]]


@pytest.mark.parametrize("user", ["user-ok", "user-ok-img", "user-ok-select", "user-ok-phone"])
async def test_two_step_mfa_asks_and_goes_on_when_answered(driver: Driver, user: str) -> None:
    made = await driver.new_item(user, connector=4)
    waiting = await driver.ended(made["id"])
    parameter = waiting["parameter"]
    value = parameter["options"][0]["value"] if user == "user-ok-select" else "123456"

    answer = await driver.call("POST", f"/items/{made['id']}/mfa", json={parameter["name"]: value})
    item = await driver.ended(made["id"])

    assert waiting["status"] == waiting["executionStatus"] == "WAITING_USER_INPUT"
    assert ("data" in parameter) == (user == "user-ok-img")
    body = answer.json()
    assert (body["status"], body["executionStatus"]) == ("UPDATING", "LOGIN_MFA_IN_PROGRESS")
    assert (item["status"], item["parameter"]) == ("UPDATED", None)
    assert item["nextAutoSyncAt"] is None


async def test_a_wrong_mfa_value_is_a_login_error(driver: Driver) -> None:
    two_step = await driver.new_item(connector=4)
    await driver.ended(two_step["id"])
    await driver.call("POST", f"/items/{two_step['id']}/mfa", json={"token": "000000"})
    login = {"user": "user-ok", "password": "password-ok", "token": "000000"}
    one_step = await driver.new_item(connector=3, parameters=login)

    ends = [await driver.ended(item["id"]) for item in (two_step, one_step)]

    assert [item["executionStatus"] for item in ends] == ["INVALID_CREDENTIALS_MFA"] * 2


async def test_mfa_nobody_asked_for_or_under_another_name_is_refused(driver: Driver) -> None:
    waiting = await driver.new_item(connector=4)
    await driver.ended(waiting["id"])
    done = await driver.connected()

    wrong = await driver.refused("POST", f"/items/{waiting['id']}/mfa", json={"code": "123456"})
    early = await driver.refused("POST", f"/items/{done['id']}/mfa", json={"token": "123456"})

    assert wrong == (400, "ITEM_MFA_PARAMETER_EXPECTED_MISMATCH")
    assert early == (404, "ITEM_MFA_NOT_FOUND")


async def test_mfa_that_comes_too_late_is_refused() -> None:
    async with driving(mfa_ttl=timedelta(milliseconds=50)) as driver:
        made = await driver.new_item(connector=4)
        item = await driver.item_at(made["id"], lambda item: item["status"] == "LOGIN_ERROR")

        late = await driver.refused("POST", f"/items/{made['id']}/mfa", json={"token": "123456"})

    assert item["executionStatus"] == "USER_INPUT_TIMEOUT"
    assert late == (400, "ITEM_MFA_EXPIRED")


async def test_open_finance_waits_for_the_bank_and_then_has_a_consent(driver: Driver) -> None:
    made = await driver.new_item(connector=600, parameters={"cpf": "761.092.776-73"})
    waiting = await driver.ended(made["id"])
    url = waiting["userAction"]["attributes"]["url"]

    page = await driver.http.get(url)
    done = await driver.http.post(url, content=b"decision=approve")
    item = await driver.ended(made["id"])
    consents = (await driver.get("/consents", itemId=item["id"]))["results"]

    assert waiting["status"] == "WAITING_USER_ACTION"
    assert waiting["parameter"]["data"] == url
    assert "Autorizar" in page.text
    assert done.status_code == 200
    assert (item["status"], item["userAction"]) == ("UPDATED", None)
    assert [consent["revokedAt"] for consent in consents] == [None]
    assert item["hasResourcesPendingAuthorization"] is False


async def test_a_refusal_at_the_bank_ends_the_run_and_leads_back_to_the_client(
    driver: Driver,
) -> None:
    made = await driver.new_item(
        connector=600,
        parameters={"cpf": "76109277673"},
        oauthRedirectUri="https://product.example.com/back?step=2",
    )
    waiting = await driver.ended(made["id"])

    answer: httpx2.Response = await driver.http.post(
        waiting["userAction"]["attributes"]["url"], content=b"decision=refuse"
    )
    item = await driver.ended(made["id"])

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("https://product.example.com/back?step=2&itemId=")
    assert item["executionStatus"] == "USER_AUTHORIZATION_NOT_GRANTED"


async def test_an_outstanding_device_approval_is_told_and_goes_on_by_itself(
    receiver: Receiver,
) -> None:
    async with driving(device_approval_delay=0.2) as driver:
        await driver.call("POST", "/webhooks", json={"event": "all", "url": receiver.url})
        made = await driver.new_item("user-ok-auth-pending", connector=0)

        item = await driver.item_at(made["id"], lambda item: item["status"] == "UPDATED")

        errors = await receiver.has("item/error")
    assert item["error"] is None
    assert [event["error"]["code"] for event in errors] == ["USER_AUTHORIZATION_PENDING"]


async def test_a_run_may_be_given_any_end(driver: Driver) -> None:
    item = await driver.connected()
    wishes = ["SITE_NOT_AVAILABLE", "LOGIN_ERROR", "PARTIAL_SUCCESS", "WAITING_USER_INPUT"]

    ends = []
    for wish in wishes:
        path = f"/_simulator/items/{item['id']}/run"
        assert (await driver.call("POST", path, json={"outcome": wish})).status_code == 200
        ends.append((await driver.ended(item["id"]))["executionStatus"])

    expected = [
        "SITE_NOT_AVAILABLE",
        "INVALID_CREDENTIALS",
        "PARTIAL_SUCCESS",
        "WAITING_USER_INPUT",
    ]
    assert ends == expected
    unknown = {"outcome": "NO_SUCH_END"}
    assert await driver.refused("POST", f"/_simulator/items/{item['id']}/run", json=unknown) == (
        400,
        None,
    )


async def test_a_revoked_authorisation_shows_on_the_consent_and_a_new_one_is_given(
    driver: Driver,
) -> None:
    item = await driver.connected()
    outcome = {"outcome": "USER_AUTHORIZATION_REVOKED"}

    await driver.call("POST", f"/_simulator/items/{item['id']}/run", json=outcome)
    revoked = await driver.ended(item["id"])
    login = {"parameters": {"user": "user-ok", "password": "password-ok"}}
    await driver.call("PATCH", f"/items/{item['id']}", json=login)
    renewed = await driver.ended(item["id"])

    consents = (await driver.get("/consents", itemId=item["id"]))["results"]
    assert (revoked["status"], renewed["status"]) == ("LOGIN_ERROR", "UPDATED")
    assert [consent["revokedAt"] is None for consent in consents] == [False, True]


async def test_updates_are_refused_by_the_published_rules(driver: Driver) -> None:
    item = await driver.new_item(password="password-no")
    path = f"/items/{item['id']}"
    await driver.ended(item["id"])
    wrong: Any = {"parameters": {"password": "password-no"}}

    empty = await driver.refused("PATCH", path, json={})
    short = await driver.refused("PATCH", path, json={"parameters": {"password": "x"}})
    await driver.call("PATCH", path, json=wrong)
    await driver.ended(item["id"])
    answer = await driver.call("PATCH", path, json=wrong)

    assert empty == (400, "LAST_EXECUTION_HAD_LOGIN_ERROR")
    assert short == (400, "CONNECTOR_VALIDATION_ERROR")
    assert answer.json()["codeDescription"] == "TOO_MANY_CONSECUTIVE_LOGIN_FAILURES"
    assert answer.json()["data"]["maxConsecutiveFailedLoginAttempts"] == 2


async def test_a_running_item_is_not_updated_twice() -> None:
    async with driving(bank_delay=30.0) as driver:
        item = await driver.new_item()

        refusal = await driver.refused("PATCH", f"/items/{item['id']}", json={})

    assert refusal == (400, "ITEM_ALREADY_UPDATING")


async def test_an_item_stays_with_the_person_it_was_made_for(driver: Driver) -> None:
    item = await driver.connected("user-ok")
    other = {"parameters": {"user": "user-ok-ana", "password": "password-ok"}}

    refusal = await driver.refused("PATCH", f"/items/{item['id']}", json=other)

    assert refusal == (400, "ITEM_ORIGINAL_CONNECTED_WITH_DIFFERENT_ACCOUNT")


async def test_an_update_before_the_allowed_time_is_a_conflict() -> None:
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    async with driving(clock=lambda: now[0], min_update_frequency_hours=1.5) as driver:
        item = await driver.connected()
        path = f"/items/{item['id']}"

        early = await driver.refused("PATCH", path, json={})
        now[0] += timedelta(hours=1.5)
        later = await driver.call("PATCH", path, json={})

    assert early == (409, "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY")
    assert later.status_code == 200


async def test_one_step_mfa_needs_a_value_for_each_update(driver: Driver) -> None:
    login = {"user": "user-ok", "password": "password-ok", "token": "123456"}
    item = await driver.connected(connector=3, parameters=login)

    refusal = await driver.refused("PATCH", f"/items/{item['id']}", json={})

    assert refusal == (400, "CONNECTOR_REQUIRED_PARAMETER_VALIDATION_ERROR")


async def test_auto_sync_is_planned_and_can_be_stopped(driver: Driver) -> None:
    item = await driver.connected()

    stopped = await driver.call("PATCH", f"/items/{item['id']}/disable-auto-sync")
    await driver.call("PATCH", f"/items/{item['id']}", json={})
    again = await driver.ended(item["id"])

    planned = datetime.fromisoformat(item["nextAutoSyncAt"])
    assert planned - datetime.fromisoformat(item["lastUpdatedAt"]) == timedelta(hours=24)
    assert stopped.json()["nextAutoSyncAt"] is None
    assert again["nextAutoSyncAt"] is not None


async def test_an_offline_bank_takes_no_items(driver: Driver) -> None:
    await driver.call("PATCH", "/_simulator/connectors/613", json={"status": "OFFLINE"})
    asked = {"connectorId": 613, "parameters": {"user": "user-ok", "password": "password-ok"}}

    refusal = await driver.refused("POST", "/items", json=asked)
    connector = await driver.get("/connectors/613")

    assert refusal == (400, "CONNECTOR_OFFLINE")
    assert connector["health"]["status"] == "OFFLINE"


async def test_a_run_at_an_offline_bank_ends_outdated_and_is_planned_again(
    driver: Driver,
) -> None:
    item = await driver.connected()
    await driver.call("PATCH", "/_simulator/connectors/613", json={"status": "OFFLINE"})

    await driver.call("POST", f"/_simulator/items/{item['id']}/run")
    ended = await driver.ended(item["id"])

    assert (ended["status"], ended["executionStatus"]) == ("OUTDATED", "SITE_NOT_AVAILABLE")
    assert ended["lastUpdatedAt"] == item["lastUpdatedAt"]
    again = datetime.fromisoformat(ended["nextAutoSyncAt"])
    assert again - datetime.fromisoformat(ended["updatedAt"]) <= timedelta(hours=1)


async def test_items_are_listed_newest_first_where_that_was_agreed(contract: Contract) -> None:
    async with driving(list_items=True, page_size=2) as driver:
        made = [(await driver.new_item(clientUserId=f"u{n % 2}"))["id"] for n in range(5)]

        page = await driver.get("/v2/items", connectorId=613)
        violations = contract.answer_violations(
            method="GET", path="/v2/items", status=200, content=page
        )
        ids = [item["id"] for item in page["results"]]
        while page["next"] is not None:
            page = await driver.get(f"/v2/items{page['next']}")
            ids += [item["id"] for item in page["results"]]
        own = await driver.get("/v2/items", clientUserId="u1")

    assert violations == []
    assert sorted(ids) == sorted(made)
    assert {item["id"] for item in own["results"]} == {made[1], made[3]}
    times = [item["createdAt"] for item in own["results"]]
    assert times == sorted(times, reverse=True)


async def test_items_are_not_listed_without_agreement(driver: Driver) -> None:
    assert await driver.refused("GET", "/v2/items") == (403, None)


async def test_a_deleted_item_is_gone_with_all_it_held(driver: Driver) -> None:
    item = await driver.connected()
    account = (await driver.accounts(item["id"]))[0]
    row = (await driver.rows(account["id"]))[0]

    answer = await driver.call("DELETE", f"/items/{item['id']}")

    assert answer.json() == {"count": 1}
    gone = [f"/items/{item['id']}", f"/accounts/{account['id']}", f"/transactions/{row['id']}"]
    assert [(await driver.call("GET", path)).status_code for path in gone] == [404] * 3


async def test_only_the_products_asked_for_are_collected(driver: Driver) -> None:
    item = await driver.connected(products=["ACCOUNTS"])

    accounts = await driver.accounts(item["id"])

    assert item["products"] == ["ACCOUNTS"]
    assert {account["type"] for account in accounts} == {"BANK"}
    assert await driver.rows(accounts[0]["id"]) == []
