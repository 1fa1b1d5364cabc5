"""Faults that are asked for: they fire as often as asked, and are counted."""

import time
from typing import Any

import httpx2
import pytest

from tests.contract.simulator.driver import Driver, driving


async def _fault(driver: Driver, **fault: Any) -> Any:
    answer = await driver.http.post("/_simulator/faults", json=fault)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_fault_fires_as_often_as_asked_and_is_counted(driver: Driver) -> None:
    await _fault(driver, method="GET", path="/categories*", effect="status", status=503, count=2)

    statuses = [(await driver.call("GET", "/categories")).status_code for _ in range(3)]
    other = await driver.call("GET", "/connectors")

    faults = (await driver.http.get("/_simulator/faults")).json()["results"]
    assert statuses == [503, 503, 200]
    assert other.status_code == 200
    assert [fault["fired"] for fault in faults] == [2]


async def test_a_fault_without_count_lasts_until_it_is_removed(driver: Driver) -> None:
    fault = await _fault(driver, path="/auth", effect="status", status=500, count=None)
    keys = {"clientId": "a", "clientSecret": "b"}

    broken = [(await driver.http.post("/auth", json=keys)).status_code for _ in range(3)]
    removed = await driver.http.delete("/_simulator/faults", params={"id": fault["id"]})
    mended = await driver.http.post("/auth", json=keys)

    assert broken == [500] * 3
    assert removed.json() == {"count": 1}
    assert mended.status_code == 401


async def test_a_429_carries_the_headers_it_is_given(driver: Driver) -> None:
    headers = {"Retry-After": "7", "RateLimit-Reset": "7"}
    body = {"message": "Too many requests", "code": 429}
    await _fault(driver, effect="status", status=429, headers=headers, body=body)

    answer = await driver.call("GET", "/categories")

    assert (answer.status_code, answer.json()) == (429, body)
    assert (answer.headers["retry-after"], answer.headers["ratelimit-reset"]) == ("7", "7")


async def test_a_connection_can_break_in_mid_body(driver: Driver) -> None:
    await _fault(driver, path="/categories", effect="close")

    with pytest.raises(httpx2.RemoteProtocolError):
        await driver.call("GET", "/categories")

    assert (await driver.call("GET", "/categories")).status_code == 200


async def test_json_can_end_early_and_content_can_be_a_page(driver: Driver) -> None:
    await _fault(driver, path="/categories", effect="truncate")
    await _fault(driver, path="/connectors", effect="content_type")

    early = await driver.call("GET", "/categories")
    page = await driver.call("GET", "/connectors")

    assert (early.status_code, early.headers["content-type"][:16]) == (200, "application/json")
    with pytest.raises(ValueError, match="line 1"):
        early.json()
    assert page.headers["content-type"] == "text/html"
    assert "<html>" in page.text


async def test_a_cursor_can_lead_in_a_circle_or_away() -> None:
    async with driving(page_size=50) as driver:
        item = await driver.connected()
        account = (await driver.accounts(item["id"]))[0]
        query = f"?accountId={account['id']}"
        await _fault(driver, path="/v2/transactions", effect="next_loop")
        await _fault(driver, path="/v2/transactions", effect="next_foreign")

        circle = (await driver.get(f"/v2/transactions{query}"))["next"]
        away = (await driver.get(f"/v2/transactions{query}"))["next"]

    assert circle == query
    assert away == f"https://foreign.example/v2/transactions{query}"


async def test_an_answer_can_be_late(driver: Driver) -> None:
    await _fault(driver, path="/categories", effect="delay", seconds=0.2)

    started = time.monotonic()
    answer = await driver.call("GET", "/categories")

    assert answer.status_code == 200
    assert time.monotonic() - started >= 0.2


async def test_a_fault_nobody_knows_is_refused(driver: Driver) -> None:
    assert await driver.refused("POST", "/_simulator/faults", json={"effect": "magic"}) == (
        400,
        None,
    )


async def test_the_control_api_has_no_faults(driver: Driver) -> None:
    await _fault(driver, effect="status", status=500, count=None)

    state = await driver.http.get("/_simulator/state")

    assert state.status_code == 200


async def test_requests_over_the_limit_are_refused_per_family_with_the_time_to_wait() -> None:
    async with driving(requests_per_minute=3, item_updates_per_minute=1) as driver:
        item = await driver.connected()
        paths = [f"/accounts?itemId={item['id']}"] * 4

        answers = [await driver.call("GET", path) for path in paths]
        other = await driver.call("GET", "/categories")
        updates = [await driver.call("PATCH", f"/items/{item['id']}", json={}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (other.status_code, updates[1].status_code) == (200, 429)
    refusal = answers[-1]
    assert refusal.headers["retry-after"] == "60"
    assert refusal.headers["ratelimit-limit"] == "3"
    assert 1 <= int(refusal.headers["ratelimit-reset"]) <= 60
    assert refusal.json().keys() == {"code", "message"}


async def test_requests_are_remembered_until_they_are_forgotten(driver: Driver) -> None:
    await driver.call("GET", "/connectors", params={"sandbox": "true"})

    log = (await driver.http.get("/_simulator/requests")).json()["results"]
    forgotten = await driver.http.delete("/_simulator/requests")
    empty = (await driver.http.get("/_simulator/requests")).json()["results"]

    seen = [(entry["method"], entry["path"], entry["query"], entry["status"]) for entry in log]
    assert seen == [("POST", "/auth", "", 200), ("GET", "/connectors", "sandbox=true", 200)]
    assert (forgotten.json(), empty) == ({"count": 2}, [])
