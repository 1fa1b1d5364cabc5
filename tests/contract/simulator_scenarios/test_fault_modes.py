"""Every mode of the families P01 to P18 fires, is counted, and does what it is called."""

import gzip
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator.receiving import receiving
from tomada.simulator.faults_modes import SCENARIOS, modes
from tomada.simulator.scenarios import scenario_names


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    """Run a simulator whose requests are not limited."""
    async with driving(requests_per_minute=None, page_size=50) as one:
        yield one


def _family(*families: str) -> list[str]:
    return [name for name in modes() if name.startswith(families)]


async def _set(driver: Driver, mode: str, **more: Any) -> None:
    await driver.http.delete("/_simulator/faults")
    answer = await driver.http.post("/_simulator/faults", json={"mode": mode, **more})
    assert answer.status_code == 200, answer.text


async def _fired(driver: Driver) -> int:
    results = (await driver.http.get("/_simulator/faults")).json()["results"]
    return sum(fault["fired"] for fault in results)


async def _rows_address(driver: Driver) -> str:
    """Connect and give the address of a list of rows."""
    item = await driver.connected()
    accounts = await driver.accounts(item["id"])
    return f"/v2/transactions?accountId={accounts[0]['id']}"


def test_every_family_has_modes_or_a_scenario() -> None:
    families = {name.partition(".")[0] for name in modes()} | set(SCENARIOS)

    assert families == {f"P{number:02}" for number in range(1, 19)}
    assert set(SCENARIOS.values()) <= set(scenario_names())


async def test_statuses_come_as_often_as_asked_and_are_counted(driver: Driver) -> None:
    address = await _rows_address(driver)
    paths = {"/auth": "/auth", "/webhooks": "/webhooks", "/transactions": "/transactions"}

    for name in _family("P01", "P02", "P06", "P18", "P09.cursor", "P16.redirect"):
        rule = modes()[name]
        if rule["effect"] != "status":
            continue
        await _set(driver, name)
        path = paths.get(rule.get("path", ""), address)
        method = "POST" if path == "/auth" else "GET"
        count, skip = rule.get("count", 1) or 3, rule.get("skip", 0)
        if rule.get("only_last"):
            path = f"{address}&dateFrom=2999-01-01"

        answers = [await driver.call(method, path) for _ in range(skip + count + 1)]

        hit = answers[skip : skip + count]
        assert {one.status_code for one in hit} == {rule["status"]}, name
        assert await _fired(driver) >= count, name
        if "count" not in rule:
            assert answers[-1].status_code != rule["status"] or rule["status"] == 200, name
        for header, value in rule.get("headers", {}).items():
            assert hit[0].headers[header] == value, name


async def test_the_allowance_can_shrink_and_others_can_eat_of_it() -> None:
    async with driving(requests_per_minute=20) as driver:
        address = await _rows_address(driver)

        async def answered(count: int) -> list[int]:
            driver.simulator.world.limits.clear()
            return [(await driver.call("GET", address)).status_code for _ in range(count)]

        usual = await answered(21)
        await _set(driver, "P01.limit_halved")
        halved = await answered(12)
        halving = await _fired(driver)
        await _set(driver, "P01.other_tenant", size=18)
        eaten = await answered(4)

        assert usual == [200] * 20 + [429]
        assert halved == [200] * 10 + [429] * 2
        assert halving == 10
        assert eaten == [200] * 3 + [429]
        assert await _fired(driver) == 1


async def test_a_failure_on_the_last_page_spares_the_pages_before(driver: Driver) -> None:
    address = await _rows_address(driver)
    await _set(driver, "P02.last_page")

    page = await driver.call("GET", address)
    pages = 1
    while page.status_code == 200:
        page = await driver.call("GET", f"/v2/transactions{page.json()['next']}")
        pages += 1

    assert (page.status_code, await _fired(driver)) == (500, 1)
    assert pages > 2


async def test_answers_hang_drip_break_or_come_after_their_effect(driver: Driver) -> None:
    hook = {"event": "item/created", "url": "https://receiver.example/a"}
    usual = (await driver.call("GET", "/categories")).content

    await _set(driver, "P03.hang")
    with pytest.raises(httpx2.ReadTimeout):
        await driver.http.get("/categories", timeout=0.3)
    assert await _fired(driver) == 1

    await _set(driver, "P03.slow", seconds=0.05)
    assert (await driver.call("GET", "/categories")).content == usual
    assert await _fired(driver) == 1

    await _set(driver, "P03.effect_then_late", seconds=20)
    key = {"X-API-KEY": driver.key}
    with pytest.raises(httpx2.ReadTimeout):
        await driver.http.post("/webhooks", json=hook, headers=key, timeout=0.5)
    assert len((await driver.get("/webhooks"))["results"]) == 1

    await _set(driver, "P03.effect_then_nothing")
    with pytest.raises(httpx2.RemoteProtocolError):
        await driver.call("POST", "/webhooks", json=hook | {"url": "https://receiver.example/b"})
    assert len((await driver.get("/webhooks"))["results"]) == 2

    await _set(driver, "P03.drip", seconds=0.001, size=2000)
    assert (await driver.call("GET", "/categories")).content == usual
    assert await _fired(driver) == 1

    await _set(driver, "P03.half_close")
    with pytest.raises(httpx2.RemoteProtocolError):
        await driver.call("GET", "/categories")


async def test_bodies_that_no_parser_should_trust(driver: Driver) -> None:
    address = await _rows_address(driver)
    signs: dict[str, Callable[[bytes], Any]] = {
        "P04.truncate": lambda body: not body.endswith(b"}"),
        "P04.bom": lambda body: body.startswith(b"\xef\xbb\xbf{"),
        "P04.nan": lambda body: b'"amount":NaN' in body,
        "P04.huge_number": lambda body: b'"amount":1e400' in body,
        "P04.duplicate_keys": lambda body: re.search(rb'"amount":1,"amount":', body),
        "P04.deep": lambda body: b"[" * 1000 in body,
        "P04.bad_utf8": lambda body: b'"\xff\xfe' in body,
        "P04.lone_surrogate": lambda body: rb"\ud800" in body,
        "P04.html": lambda body: body.startswith(b"<html>"),
        "P04.gzip_bomb": lambda body: len(body) > 10_000_000,
    }
    for name, sign in signs.items():
        await _set(driver, name)

        answer = await driver.call("GET", address)

        assert sign(answer.content), name
        assert await _fired(driver) == 1, name
        assert (await driver.call("GET", address)).json()["results"], name

    await _set(driver, "P04.wrong_length")
    with pytest.raises(httpx2.RemoteProtocolError):
        await driver.call("GET", address)
    assert set(_family("P04")) == {*signs, "P04.wrong_length"}


async def test_a_body_can_be_cut_at_any_byte(driver: Driver) -> None:
    whole = (await driver.call("GET", "/webhooks")).content

    for size in range(len(whole)):
        await _set(driver, "P04.truncate", size=size)

        assert (await driver.call("GET", "/webhooks")).content == whole[:size]


async def test_a_bomb_is_small_on_the_way(driver: Driver) -> None:
    await _set(driver, "P04.gzip_bomb")

    async with driver.http.stream(
        "GET", "/categories", headers={"X-API-KEY": driver.key}
    ) as answer:
        sent = b"".join([part async for part in answer.aiter_raw()])

    assert len(sent) < 100_000
    assert len(gzip.decompress(sent)) > 10_000_000


async def test_rows_can_leave_the_schema(driver: Driver) -> None:
    address = await _rows_address(driver)
    usual = (await driver.call("GET", address)).json()["results"][0]
    expected = {
        "P05.new_enum": usual | {"status": "SOMETHING_NEW"},
        "P05.new_field": usual | {"somethingNew": {"deep": [1, None, "x"]}},
        "P05.missing_field": {key: usual[key] for key in usual if key != "description"},
        "P05.null_field": usual | {"id": None},
        "P05.string_for_number": usual | {"amount": f"{usual['amount']}"},
        "P05.number_for_string": usual | {"description": 42},
    }
    for name, row in expected.items():
        await _set(driver, name)

        found = (await driver.call("GET", address)).json()["results"][0]

        assert found == row, name
        assert await _fired(driver) == 1, name
    assert set(_family("P05")) == set(expected)


async def test_the_api_can_be_behind_itself(driver: Driver) -> None:
    item = await driver.connected()
    account = (await driver.accounts(item["id"]))[0]
    address = f"/v2/transactions?accountId={account['id']}"
    path = f"/items/{item['id']}"

    await _set(driver, "P08.event_first")
    empty, full = [(await driver.call("GET", address)).json()["results"] for _ in range(2)]
    await _set(driver, "P08.item_flips", count=1)
    flipped, usual = [(await driver.get(path))["status"] for _ in range(2)]
    await _set(driver, "P08.replicas")
    await driver.call("GET", address)
    row = driver.simulator.world.purchase(item["id"], account_id=account["id"])
    seen = []
    for _ in range(4):
        rows = (await driver.call("GET", address)).json()["results"]
        seen.append(row.id in [one["id"] for one in rows])

    assert (empty, bool(full)) == ([], True)
    assert (flipped, usual) == ("UPDATING", "UPDATED")
    assert seen == [False, True, False, True]


async def test_pages_can_lead_astray(driver: Driver) -> None:
    address = await _rows_address(driver)
    query = address.partition("?")[2]
    found = {}
    for name in ("P09.next_loop", "P09.next_foreign", "P09.empty_with_next", "P09.too_many"):
        await _set(driver, name)
        found[name] = (await driver.call("GET", address)).json()
        assert await _fired(driver) == 1, name

    assert found["P09.next_loop"]["next"] == f"?{query}"
    assert found["P09.next_foreign"]["next"].startswith("https://foreign.example/")
    assert found["P09.empty_with_next"]["results"] == []
    assert found["P09.empty_with_next"]["next"]
    assert len(found["P09.too_many"]["results"]) == 501


async def test_the_times_of_rows_can_be_wrong(driver: Driver) -> None:
    address = await _rows_address(driver)
    usual = (await driver.call("GET", address)).json()["results"][0]["updatedAt"]
    found = {}
    for name in _family("P14"):
        await _set(driver, name, chance=1)
        found[name] = (await driver.call("GET", address)).json()["results"][0]["updatedAt"]
        assert await _fired(driver) == 1, name

    assert found["P14.behind"] < found["P14.back_and_forth"] < usual < found["P14.ahead"]
    assert found["P14.equal_times"].endswith("T00:00:00.000Z")


async def test_texts_can_be_hostile(driver: Driver) -> None:
    address = await _rows_address(driver)

    await _set(driver, "P16.hostile_text")
    texts = [row["description"] for row in (await driver.call("GET", address)).json()["results"]]
    await _set(driver, "P16.big_text")
    big = (await driver.call("GET", address)).json()["results"][0]["description"]
    await _set(driver, "P16.canary_link")
    link = (await driver.call("GET", address)).json()["next"]

    assert "<script>alert(1)</script>" in texts
    assert any("\u202e" in text for text in texts)
    assert len(big) == 1_000_000
    assert link.startswith("https://foreign.example/")


async def test_events_can_be_lost_late_repeated_or_strange(driver: Driver) -> None:
    item = await driver.connected()
    world = driver.simulator.world
    counts = {
        "P07.duplicate": 2,
        "P07.duplicate_many": 1000,
        "P07.burst": 1200,
        "P07.lost": 0,
        "P07.other_body": 2,
        "P07.unknown_event": 1,
        "P07.no_event_id": 1,
        "P07.lost_receipt": 2,
        "P07.late": 1,
        "P07.week_late": 1,
        "P07.out_of_order": 1,
        "P08.event_late": 1,
    }
    came: dict[str, list[Any]] = {}
    async with receiving() as receiver:
        hook = {"event": "transactions/created", "url": receiver.url}
        await driver.call("POST", "/webhooks", json=hook)
        for name in counts:
            rule = modes()[name]
            # The repeats of a burst are fewer here, to be kind to the machine.
            more = {"chance": 1, "times": 1200} if name == "P07.burst" else {"chance": 1}
            await _set(driver, name, **more)
            receiver.taken.clear()
            world.purchase(item["id"])
            if rule.get("seconds", 0) > 0:
                await world.clock.advance(seconds=rule["seconds"])
            await world.settled()
            came[name] = [body for _, body in receiver.taken]
            assert await _fired(driver) == 1, name

    assert {name: len(bodies) for name, bodies in came.items()} == counts
    assert len({body["eventId"] for body in came["P07.duplicate_many"]}) == 1
    assert len({str(body) for body in came["P07.other_body"]}) == 2
    assert len({body["eventId"] for body in came["P07.other_body"]}) == 1
    assert came["P07.unknown_event"][0]["event"] == "galaxy/discovered"
    assert "eventId" not in came["P07.no_event_id"][0]
    assert set(_family("P07")) <= set(counts)


async def test_chance_comes_from_the_seed() -> None:
    patterns = []
    for seed in (1, 1, 2):
        async with driving(seed=seed) as driver:
            rule = {"effect": "status", "status": 503, "chance": 0.5, "count": None}
            await driver.http.post("/_simulator/faults", json=rule)
            answers = [await driver.call("GET", "/categories") for _ in range(24)]
            patterns.append([answer.status_code for answer in answers])
            fault = (await driver.http.get("/_simulator/faults")).json()["results"][0]
            assert fault["seen"] == 24
            assert fault["fired"] == patterns[-1].count(503)

    assert patterns[0] == patterns[1] != patterns[2]
    assert {200, 503} == set(patterns[0])


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"mode": "P99.x"}, "mode must be one of"),
        ({"effect": "magic"}, "effects are"),
        ({"effect": "status", "colour": 1}, "property colour should not exist"),
        ({"event": "*", "effect": "nan"}, "effects are drop"),
        ({"mode": "P04.nan", "count": "often"}, "Expected"),
    ],
)
async def test_a_rule_nobody_can_follow_is_refused(
    driver: Driver, rule: dict[str, Any], words: str
) -> None:
    answer = await driver.http.post("/_simulator/faults", json=rule)

    assert answer.status_code == 400
    assert words in answer.json()["message"]
