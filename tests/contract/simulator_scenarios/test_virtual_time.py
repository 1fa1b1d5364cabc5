"""Time that tests move: what falls due happens in order, and equal calls give equal bytes."""

import asyncio
import socket
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator.receiving import receiving
from tomada.simulator.clock import WorldClock

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BANKS = (613, 615, 617)


def _standing() -> dict[str, Any]:
    return {
        "clock": WorldClock.standing(START),
        "requests_per_minute": None,
        "item_updates_per_minute": None,
        "api_key_ttl": timedelta(days=400),
    }


async def test_a_hundred_days_of_three_banks_pass_without_waiting() -> None:
    async with driving(**_standing(), live_interval=6 * 3600.0) as driver:
        items = [await driver.connected(connector=bank) for bank in BANKS]
        runs: Counter[datetime] = Counter()

        for _ in range(100):
            now = await driver.simulator.world.clock.advance(days=1)
            runs[now] += 1

        ended = [await driver.get(f"/items/{item['id']}") for item in items]
        rows = [
            row
            for item in items
            for account in await driver.accounts(item["id"])
            for row in await driver.rows(account["id"], createdAtFrom="2026-03-03T00:00:00Z")
        ]
        assert now == START + timedelta(days=100)
        assert {one["status"] for one in ended} == {"UPDATED"}
        assert all(one["lastUpdatedAt"] >= "2026-06-09" for one in ended)
        assert 300 <= len(rows) <= 600


async def test_a_clock_that_stands_leaves_a_run_where_it_is_until_moved() -> None:
    async with driving(**_standing(), bank_delay=100.0) as driver:
        clock = driver.simulator.world.clock
        item = await driver.new_item()
        first = await driver.get(f"/items/{item['id']}")

        await clock.advance(seconds=20)
        second = await driver.get(f"/items/{item['id']}")
        await clock.advance(seconds=80)
        last = await driver.get(f"/items/{item['id']}")

        states = [one["executionStatus"] for one in (first, second, last)]
        assert states == ["CREATED", "LOGIN_IN_PROGRESS", "SUCCESS"]
        assert last["lastUpdatedAt"] == "2026-03-02T12:01:40.000Z"


async def test_a_prompt_expires_when_its_time_is_over_and_not_before() -> None:
    async with driving(**_standing(), mfa_ttl=timedelta(minutes=3)) as driver:
        clock = driver.simulator.world.clock
        item = await driver.new_item(user="user-ok-phone")

        await clock.advance(minutes=2, seconds=59)
        waiting = await driver.get(f"/items/{item['id']}")
        await clock.advance(seconds=1)
        over = await driver.get(f"/items/{item['id']}")

        assert waiting["status"] == "WAITING_USER_INPUT"
        assert (over["status"], over["error"]["code"]) == ("LOGIN_ERROR", "USER_INPUT_TIMEOUT")


async def test_webhooks_are_tried_again_when_the_published_hours_have_passed() -> None:
    async with receiving(*[500] * 6) as receiver, driving(**_standing()) as driver:
        hook = {"event": "item/created", "url": receiver.url}
        await driver.call("POST", "/webhooks", json=hook)
        await driver.connected()
        world = driver.simulator.world
        await world.settled()
        at_once = len(receiver.taken)

        await world.clock.advance(minutes=59)
        before = len(receiver.taken)
        await world.clock.advance(minutes=1)
        after_an_hour = len(receiver.taken)
        await world.clock.advance(hours=2)

        assert (at_once, before, after_an_hour, len(receiver.taken)) == (3, 3, 6, 7)
        assert len({body["eventId"] for _, body in receiver.taken}) == 1


async def test_a_clock_that_goes_can_be_moved_too() -> None:
    async with driving(bank_delay=3600.0) as driver:
        item = await driver.new_item()

        await driver.simulator.world.clock.advance(hours=1)

        ended = await driver.ended(item["id"])
        assert ended["status"] == "UPDATED"
        assert ended["lastUpdatedAt"] > item["createdAt"]


async def test_two_runs_with_equal_calls_give_equal_bytes() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    first = await _a_full_run(port, seed=7)
    second = await _a_full_run(port, seed=7)
    other = await _a_full_run(port, seed=8)

    assert first == second
    assert first != other


async def _a_full_run(port: int, *, seed: int) -> tuple[str, str, int]:
    """Give the hash of all answers, that of all event bodies, and how many events came."""
    said, told = sha256(), sha256()
    async with (
        receiving(500, 500) as receiver,
        driving(**_standing(), port=port, seed=seed, live_interval=9 * 3600.0) as driver,
    ):
        said.update(driver.key.encode())
        hook = {"event": "all", "url": receiver.url}
        await driver.call("POST", "/webhooks", json=hook)
        for bank in BANKS:
            said.update((await _created(driver, bank)).encode())
        said.update((await driver.connect_token(clientUserId="ana")).encode())
        for _ in range(3):
            await driver.simulator.world.clock.advance(days=1)
            await _everything(driver, said)
        await driver.simulator.world.settled()
        for body in receiver.raw:
            told.update(body)
        return said.hexdigest(), told.hexdigest(), len(receiver.taken)


async def _created(driver: Driver, bank: int) -> str:
    asked = {
        "connectorId": bank,
        "parameters": {"user": "user-ok", "password": "password-ok"},
    }
    answer = await driver.call("POST", "/items", json=asked)
    return answer.text


async def _everything(driver: Driver, said: Any) -> None:
    """Read all there is, byte by byte, in one order."""
    for item_id in list(driver.simulator.world.state.items):
        paths = [f"/items/{item_id}", f"/accounts?itemId={item_id}"]
        accounts = (await driver.call("GET", paths[-1])).json()["results"]
        paths += [f"/v2/transactions?accountId={one['id']}" for one in accounts]
        paths += [f"/bills?accountId={one['id']}" for one in accounts if one["type"] == "CREDIT"]
        paths += [f"/investments?itemId={item_id}", f"/loans?itemId={item_id}"]
        paths += [f"/identity?itemId={item_id}"]
        for path in paths:
            answer = await driver.call("GET", path)
            said.update(path.encode() + answer.content)
            await asyncio.sleep(0)
