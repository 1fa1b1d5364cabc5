"""Every scenario that comes with the simulator happens as it says, seen at the API."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.contract.simulator.driver import Driver, driving
from tomada.simulator import SimulatorSettings, run_simulator
from tomada.simulator.clock import WorldClock
from tomada.simulator.scenarios import (
    PlayError,
    asking,
    play,
    read_scenario,
    scenario,
    scenario_names,
)

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", scenario_names())
async def test_a_scenario_happens_as_it_says(name: str) -> None:
    settings = SimulatorSettings(clock=WorldClock.standing(START), requests_per_minute=None)
    async with (
        run_simulator(settings) as simulator,
        httpx2.AsyncClient(base_url=simulator.url, trust_env=False, timeout=30) as http,
    ):
        played = await play(simulator.world, scenario(name), asker=asking(http))

        assert played.steps == len(scenario(name).steps)
        assert played.checks >= 2
        assert set(played.banks.values()) >= set(simulator.world.state.items)


def test_all_twenty_five_complaints_have_a_scenario() -> None:
    complaints = sorted(scenario(name).complaint or 0 for name in scenario_names())

    assert [number for number in complaints if number] == list(range(1, 26))


async def test_a_world_plays_by_name_under_the_clock_of_the_machine() -> None:
    async with driving(api_key_ttl=timedelta(days=9)) as driver:
        world = driver.simulator.world
        before = world.clock()

        played = await world.play("scheduled_and_posted")

        row = await driver.get(f"/transactions/{played.rows['rent']}")
        assert (row["status"], row["amount"]) == ("POSTED", -1200)
        assert (world.clock() - before).days == 2


async def test_a_play_can_use_what_an_application_has_connected(driver: Driver) -> None:
    item = await driver.connected(clientUserId="person-1")

    played = await driver.simulator.world.play("bills", banks={"bank": item["id"]})

    bill = await driver.get(f"/bills/{played.bills['bill']}")
    assert list(driver.simulator.world.state.items) == [item["id"]]
    assert bill["totalAmount"] == 400


async def test_a_play_stops_at_the_line_that_is_not_as_it_says(driver: Driver) -> None:
    text = """\
title: a check that fails
steps:
  - connect: bank
  - {post: row, at: bank, amount: -5.00}
  - {see: row, is: {amount: -6}}
"""

    with pytest.raises(PlayError, match=r"line 5, see: row\.amount is -5, not -6") as caught:
        await driver.simulator.world.play(read_scenario("mine", text))

    assert caught.value.line == 5


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ("- {see: nothing, is: {}}", "nothing is called 'nothing'"),
        ("- {post: row, at: nowhere, amount: 1}", "there is no bank 'nowhere'"),
        ("- connect: bank\n  - {post: row, at: bank, kind: juggling}", "juggling"),
        ("- connect: bank\n  - {run: bank, outcome: JUGGLING}", "unknown outcome JUGGLING"),
        ("- {ask: GET /items/none, answer: 200}", "answers 404, not 200"),
        ("- connect: bank\n  - {rows: bank, description: X, count: 1}", "the API lists 0"),
        ("- connect: bank\n  - {post: r, at: bank, amount: 1}\n  - gone: r", "still there"),
    ],
)
async def test_a_play_says_what_it_cannot_do(driver: Driver, steps: str, reason: str) -> None:
    chosen = read_scenario("mine", f"title: t\nsteps:\n  {steps}\n")

    with pytest.raises(PlayError, match=reason):
        await driver.simulator.world.play(chosen)


async def test_time_and_scenarios_are_driven_over_http() -> None:
    async with driving(clock=WorldClock.standing(START)) as driver:
        listed = (await driver.http.get("/_simulator/scenarios")).json()["results"]
        moved = await driver.http.post("/_simulator/clock", json={"days": 1, "hours": 2})
        played = await driver.http.post("/_simulator/scenarios/late_rows")
        clock = (await driver.http.get("/_simulator/clock")).json()

        assert moved.json() == {"now": "2026-03-03T14:00:00.000Z", "standing": True}
        assert len(listed) == len(scenario_names())
        assert played.status_code == 200, played.text
        assert set(played.json()["rows"]) == {"month_ago", "day_ago", "quarter_ago", "week_ago"}
        assert clock["now"] == "2026-03-06T14:00:00.000Z"


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/_simulator/clock", {"days": -1}, 400, "days must be a number of at least 0"),
        ("/_simulator/clock", {"days": 99999}, 400, "more than 3660 days"),
        ("/_simulator/clock", {"moons": 1}, 400, "property moons should not exist"),
        ("/_simulator/scenarios/none", {}, 404, "there is no scenario 'none'"),
        ("/_simulator/scenarios/bills", {"banks": {"bank": "x"}}, 400, "items that exist"),
        ("/_simulator/scenarios", {}, 400, "text must be a scenario"),
        ("/_simulator/scenarios", {"text": "title: t\nsteps:\n  - jump: high"}, 400, "line 3"),
        ("/_simulator/scenarios", {"text": "title: t\nsteps:\n  - gone: row"}, 409, "line 3"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(
    driver: Driver, path: str, body: dict[str, object], status: int, words: str
) -> None:
    answer = await driver.http.post(path, json=body)

    assert answer.status_code == status
    assert words in answer.json()["message"]


async def test_equal_plays_give_equal_worlds() -> None:
    pictures = []
    for _ in range(2):
        async with driving(clock=WorldClock.standing(START)) as driver:
            played = await driver.simulator.world.play("wrong_bill")
            state = (await driver.http.get("/_simulator/state")).json()
            for item in state["items"]:
                # The address of the pictures has the port in it, which differs.
                del item["connector"]
            pictures.append((played, state))

    assert pictures[0] == pictures[1]
