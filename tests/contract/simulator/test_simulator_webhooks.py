"""Webhooks: who may subscribe to what, what an event says, and how hard delivery tries."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.simulator.driver import Driver, driving, until
from tests.contract.simulator.receiving import Receiver, receiving
from tomada.simulator import NEWEST_DELIVERY, OLDER_DELIVERY, WorldClock

FAST = 0.00001
START = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def _subscribe(driver: Driver, url: str, event: str = "all", **more: Any) -> Any:
    body = {"event": event, "url": url, **more}
    answer = await driver.call("POST", "/webhooks", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _attempts(driver: Driver, event: str, count: int) -> list[Any]:
    """Wait for *count* attempts to deliver an event."""

    async def look() -> Any:
        log = (await driver.http.get("/_simulator/deliveries")).json()["results"]
        found = [attempt for attempt in log if attempt["event"] == event]
        return found if len(found) >= count else None

    found: list[Any] = await until(look)
    return found


async def test_subscriptions_are_made_read_changed_and_removed(driver: Driver) -> None:
    made = await _subscribe(driver, "http://127.0.0.1:1/a", headers={"X-Secret": "s"})
    path = f"/webhooks/{made['id']}"

    moved = await driver.call("PATCH", path, json={"url": "http://127.0.0.1:1/b"})
    cleared = await driver.call("PATCH", path, json={"headers": None})
    off = await driver.call("PATCH", path, json={"enabled": False})
    on = await driver.call("PATCH", path, json={"enabled": True})
    listed = await driver.get("/webhooks")
    removed = await driver.call("DELETE", path)

    assert moved.json()["headers"] == {"X-Secret": "s"}
    assert cleared.json()["headers"] == {}
    assert (off.json()["disabledAt"] is None, on.json()["disabledAt"]) == (False, None)
    assert [hook["url"] for hook in listed["results"]] == ["http://127.0.0.1:1/b"]
    assert removed.json() == {"count": 1}
    assert (await driver.call("GET", path)).status_code == 404


async def test_bad_subscriptions_are_refused_in_the_published_words(driver: Driver) -> None:
    url = "http://127.0.0.1:1/a"
    await _subscribe(driver, url)
    for number in range(4):
        await _subscribe(driver, f"{url}/{number}")
    bodies: list[Any] = [
        {"event": "no/such", "url": url},
        {"event": "all", "url": url},
        {"event": "all", "url": f"{url}/5"},
        {"event": "all", "url": "ftp://127.0.0.1/a"},
        {"event": "all"},
        {"event": "all", "url": f"{url}/6", "headers": {"X-A": 1}},
    ]

    answers = [(await driver.call("POST", "/webhooks", json=body)).json() for body in bodies]

    assert [answer["code"] for answer in answers] == [400] * 6
    assert [answer["message"] for answer in answers[:3]] == [
        "Invalid event type 'no/such' for webhook",
        f"A webhook for event 'all' and url '{url}' already exists.",
        "You have reached the maximum of 5 webhooks for event 'all'.",
    ]


@pytest.mark.parametrize(
    "url",
    ["http://example.com/a", "https://localhost/a", "https://10.0.0.1/a", "https://intranet/a"],
)
async def test_where_the_setting_is_strict_only_public_https_is_taken(url: str) -> None:
    async with driving(relax_webhook_urls=False) as driver:
        refusal = await driver.refused("POST", "/webhooks", json={"event": "all", "url": url})

        taken = await _subscribe(driver, "https://product.com.br/hook")

    assert refusal == (400, None)
    assert taken["url"] == "https://product.com.br/hook"


async def test_a_connection_tells_its_events_in_the_published_form(
    driver: Driver, receiver: Receiver
) -> None:
    await _subscribe(driver, receiver.url, headers={"X-Secret": "s3"})
    token = await driver.connect_token(options={"clientUserId": "nonce-1"})

    item = await driver.connected(key=token)

    created = (await receiver.has("item/created"))[0]
    login = (await receiver.has("item/login_succeeded"))[0]
    rows = await receiver.has("transactions/created", count=3)
    own = {"id": item["id"], "itemId": item["id"], "clientUserId": "nonce-1", "triggeredBy": "USER"}
    for body in (created, login):
        assert {name: body[name] for name in own} == own
        assert body.keys() == own.keys() | {"event", "eventId"}
    origin = driver.simulator.url
    for body in rows:
        query = f"accountId={body['accountId']}&createdAtFrom={body['transactionsCreatedAtFrom']}"
        assert body["clientId"] == driver.simulator.settings.client_id
        assert body["createdTransactionsLink"] == f"{origin}/transactions?{query}"
        assert body["createdTransactionsLinkV2"] == f"{origin}/v2/transactions?{query}"
        assert len(await driver.rows(body["accountId"])) == body["transactionsCount"]
    assert {headers["x-secret"] for headers, _ in receiver.taken} == {"s3"}
    assert {headers["content-type"] for headers, _ in receiver.taken} == {"application/json"}


async def test_one_event_has_one_id_for_all_its_receivers(driver: Driver) -> None:
    async with receiving() as one, receiving() as other, receiving() as narrow:
        await _subscribe(driver, one.url)
        await _subscribe(driver, narrow.url, event="item/created")

        await driver.connected(webhookUrl=other.url)

        ids = {(await hook.has("item/created"))[0]["eventId"] for hook in (one, other, narrow)}
        await other.has("transactions/created", count=3)
    assert len(ids) == 1
    assert [body["event"] for _, body in narrow.taken] == ["item/created"]


async def test_an_ended_run_and_a_deletion_are_told(driver: Driver, receiver: Receiver) -> None:
    await _subscribe(driver, receiver.url)
    made = await driver.new_item(password="password-no", clientUserId="nonce-2")
    await driver.ended(made["id"])

    await driver.call("DELETE", f"/items/{made['id']}")

    error = (await receiver.has("item/error"))[0]
    deleted = (await receiver.has("item/deleted"))[0]
    assert error["error"]["code"] == "INVALID_CREDENTIALS"
    assert error["triggeredBy"] == "CLIENT"
    assert deleted.keys() == {"event", "eventId", "id", "itemId", "clientUserId"}


async def test_delivery_is_tried_nine_times_with_the_same_event_id() -> None:
    async with driving(retry_scale=FAST) as driver, receiving(*[500] * 8) as receiver:
        await _subscribe(driver, receiver.url, event="item/created")

        await driver.connected()

        attempts = await _attempts(driver, "item/created", 9)
    assert [attempt["status"] for attempt in attempts] == [500] * 8 + [200]
    assert [attempt["attempt"] for attempt in attempts] == list(range(1, 10))
    assert len({body["eventId"] for _, body in receiver.taken}) == 1


async def test_both_published_ways_of_delivering_can_be_had() -> None:
    told: list[list[int]] = []
    for delivery in (OLDER_DELIVERY, NEWEST_DELIVERY):
        async with (
            receiving(500, 500, 500, 401, 500, 500) as receiver,
            driving(**delivery, clock=WorldClock.standing(START)) as driver,
        ):
            await _subscribe(driver, receiver.url, event="item/created")
            await driver.connected()
            counts = []
            for minutes in (0, 15, 45, 60, 60):
                await driver.simulator.world.clock.advance(minutes=minutes)
                await driver.simulator.world.settled()
                counts.append(len(receiver.taken))
            told.append(counts)

    # Three at once; three after an hour and one after two more. Or the 401 after a quarter ends it.
    assert told == [[3, 3, 6, 6, 7], [3, 4, 4, 4, 4]]
    assert (OLDER_DELIVERY["hook_timeout"], NEWEST_DELIVERY["hook_timeout"]) == (5.0, 10.0)


async def test_a_receiver_that_says_401_is_not_asked_again() -> None:
    async with driving(retry_scale=FAST) as driver, receiving(401) as receiver:
        await _subscribe(driver, receiver.url, event="item/created")

        await driver.connected()
        await driver.simulator.world.settled()

        attempts = await _attempts(driver, "item/created", 1)
    assert [attempt["status"] for attempt in attempts] == [401]


async def test_a_login_is_told_three_times_at_most() -> None:
    async with driving(retry_scale=FAST) as driver, receiving(*[503] * 9) as receiver:
        await _subscribe(driver, receiver.url, event="item/login_succeeded")

        await driver.connected()
        await driver.simulator.world.settled()

        attempts = await _attempts(driver, "item/login_succeeded", 3)
    assert len(attempts) == 3


async def test_a_receiver_that_takes_too_long_has_not_received() -> None:
    async with (
        driving(hook_timeout=0.1, hook_retry=(0.0,)) as driver,
        receiving(pause=5.0) as receiver,
    ):
        await _subscribe(driver, receiver.url, event="item/created")

        await driver.connected()

        attempts = await _attempts(driver, "item/created", 1)
    assert attempts[0]["status"] is None
    assert attempts[0]["error"]


async def test_a_webhook_that_fails_too_often_is_disabled_and_can_be_enabled() -> None:
    async with driving(hook_retry=(0.0,), hook_disable_after=2) as driver:
        hook = await _subscribe(driver, "http://127.0.0.1:1/hook")
        path = f"/webhooks/{hook['id']}"

        await driver.connected()

        async def disabled() -> Any:
            return (await driver.get(path))["disabledAt"]

        assert await until(disabled)
        await driver.simulator.world.settled()
        enabled = await driver.call("PATCH", path, json={"enabled": True})
    assert enabled.json()["disabledAt"] is None


@pytest.mark.parametrize(("mode", "copies"), [("duplicate", 2), ("shuffle", 1), ("drop", 0)])
async def test_events_can_be_doubled_mixed_and_lost(
    driver: Driver, receiver: Receiver, mode: str, copies: int
) -> None:
    item = await driver.connected()
    await _subscribe(driver, receiver.url)
    await driver.http.post("/_simulator/hooks", json={"mode": mode})

    await driver.http.post(f"/_simulator/items/{item['id']}/transactions", json={"kind": "pix_in"})
    await driver.http.post("/_simulator/hooks", json={"mode": "normal"})
    await driver.http.post(f"/_simulator/items/{item['id']}/transactions", json={"kind": "pix_out"})

    await receiver.has("transactions/created", count=copies + 1)
    await driver.simulator.world.settled()
    ids = [body["eventId"] for body in receiver.events("transactions/created")]
    log = (await driver.http.get("/_simulator/deliveries")).json()["results"]
    assert len(ids) == copies + 1
    assert len(set(ids)) == min(copies, 1) + 1
    assert [attempt["dropped"] for attempt in log].count(True) == (mode == "drop")


async def test_the_next_events_alone_can_be_lost(driver: Driver, receiver: Receiver) -> None:
    item = await driver.connected(webhookUrl=receiver.url)
    path = f"/_simulator/items/{item['id']}/transactions"
    await receiver.has("item/created")
    await receiver.has("transactions/created", count=3)
    await driver.http.post("/_simulator/hooks", json={"mode": "drop", "count": 2})

    rows = [(await driver.http.post(path, json={"kind": "pix_in"})).json() for _ in range(3)]

    event = (await receiver.has("transactions/created", count=4))[-1]
    assert event["transactionsCreatedAtFrom"] == rows[-1]["createdAt"]
    assert (await driver.http.get("/_simulator/state")).json()["hooks"] == "normal"


async def test_many_ids_are_told_in_several_events(driver: Driver, receiver: Receiver) -> None:
    item = await driver.connected(webhookUrl=receiver.url)
    world = driver.simulator.world
    record = world.state.items[item["id"]]
    card = next(one for one in record.accounts if one.type == "CREDIT")
    ids = [row.id for row in card.transactions][:500]

    world.hooks.updated(record, card.id, ids)

    events = await receiver.has("transactions/updated", count=2)
    assert sorted(event["transactionsCount"] for event in events) == [100, 400]
    told = [row_id for event in events for row_id in event["transactionIds"]]
    assert sorted(told) == sorted(ids)


async def test_an_institution_that_goes_down_is_told(driver: Driver, receiver: Receiver) -> None:
    await _subscribe(driver, receiver.url, event="connector/status_updated")

    await driver.http.patch(
        "/_simulator/connectors/613", content=json.dumps({"status": "UNSTABLE"})
    )

    event = (await receiver.has("connector/status_updated"))[0]
    assert (event["connectorId"], event["data"]) == ("613", {"status": "UNSTABLE"})
