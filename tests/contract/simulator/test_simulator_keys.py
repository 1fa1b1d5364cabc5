"""API keys and connect tokens: how they are got, what they open, when they end."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contract.simulator.driver import PASSWORD, Driver, driving

LOGIN = {"user": "user-ok", "password": PASSWORD}


def _payload(token: str) -> Any:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def test_a_key_is_a_token_that_clients_can_read(driver: Driver) -> None:
    payload = _payload(driver.key)

    assert payload["clientId"] == driver.simulator.settings.client_id
    assert payload["exp"] - payload["iat"] == 2 * 3600
    assert payload["jti"]


async def test_wrong_client_keys_are_refused(driver: Driver) -> None:
    wrong = {"clientId": driver.simulator.settings.client_id, "clientSecret": "wrong"}

    refusal = await driver.refused("POST", "/auth", json=wrong)

    assert refusal == (401, "CLIENT_KEYS_UNAUTHORIZED")


async def test_without_a_valid_key_nothing_opens(driver: Driver) -> None:
    head, payload, signature = driver.key.split(".")
    broken = ["", "nonsense", "a.b.c", "é", f"{head}.{payload}.{signature[::-1]}"]

    answers = [
        await driver.http.get("/categories", headers={b"X-API-KEY": key.encode()}) for key in broken
    ]
    bare = await driver.http.get("/categories")

    assert [answer.status_code for answer in [*answers, bare]] == [403] * 6
    assert "codeDescription" not in bare.json()


async def test_a_key_and_a_token_end_at_their_time() -> None:
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    async with driving(clock=lambda: now[0], auto_sync_hours=None) as driver:
        token = await driver.connect_token()

        now[0] += timedelta(minutes=30)
        token_ended = await driver.call("GET", "/connectors", key=token)
        key_lasts = await driver.call("GET", "/connectors")
        now[0] += timedelta(minutes=90)
        key_ended = await driver.call("GET", "/connectors")

    statuses = [token_ended.status_code, key_lasts.status_code, key_ended.status_code]
    assert statuses == [403, 200, 403]


async def test_a_widget_token_gives_its_options_to_the_items_made_with_it(driver: Driver) -> None:
    token = await driver.connect_token(
        options={"clientUserId": "nonce-1", "products": ["ACCOUNTS"], "avoidDuplicates": True}
    )

    item = await driver.new_item(key=token)
    again = await driver.refused(
        "POST", "/items", key=token, json={"connectorId": 613, "parameters": LOGIN}
    )

    assert (item["clientUserId"], item["products"]) == ("nonce-1", ["ACCOUNTS"])
    assert again == (400, "ITEM_USER_ALREADY_EXISTS")


async def test_options_outside_of_options_count_for_nothing(driver: Driver) -> None:
    token = await driver.connect_token(clientUserId="nonce-1")

    item = await driver.new_item(key=token)

    assert item["clientUserId"] is None


async def test_a_widget_token_opens_its_own_items_and_nothing_else(driver: Driver) -> None:
    mine, foreign = await driver.connect_token(), await driver.connect_token()
    item = await driver.new_item(key=mine)
    await driver.ended(item["id"])
    account = (await driver.accounts(item["id"]))[0]
    own = f"/items/{item['id']}"

    async def status(method: str, path: str, key: str = mine) -> int:
        body: dict[str, str] | None = None if method == "GET" else {}
        return (await driver.call(method, path, key=key, json=body)).status_code

    assert await status("GET", own) == 200
    assert await status("PATCH", own) == 200
    assert await status("GET", "/connectors/613") == 200
    assert await status("GET", f"/accounts?itemId={item['id']}") == 200
    closed = [
        await status("GET", own, foreign),
        await status("PATCH", own, foreign),
        await status("GET", f"/accounts?itemId={item['id']}", foreign),
        await status("DELETE", own),
        await status("GET", f"/accounts/{account['id']}"),
        await status("GET", f"/v2/transactions?accountId={account['id']}"),
        await status("GET", f"/identity?itemId={item['id']}"),
        await status("GET", "/webhooks"),
        await status("POST", "/connect_token"),
    ]
    assert closed == [403] * 9


async def test_a_widget_token_for_an_item_may_update_it(driver: Driver) -> None:
    item = await driver.connected()
    token = await driver.connect_token(itemId=item["id"])

    answer = await driver.call("PATCH", f"/items/{item['id']}", key=token, json={})

    assert answer.status_code == 200
    assert answer.json()["status"] == "UPDATING"


async def test_a_widget_token_sees_accounts_without_the_holder(driver: Driver) -> None:
    token = await driver.connect_token()
    item = await driver.connected(key=token)

    answer = await driver.call("GET", f"/accounts?itemId={item['id']}", key=token)

    account = answer.json()["results"][0]
    assert account["name"]
    assert account.keys().isdisjoint({"owner", "taxNumber", "bankData", "creditData"})
