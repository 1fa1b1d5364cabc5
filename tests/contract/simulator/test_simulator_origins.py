"""Which pages in a browser may ask the simulator what."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator.receiving import receiving

ELSEWHERE = "https://somebody.example"
VERBS = [
    ("GET", "/_simulator/state"),
    ("POST", "/_simulator/reset"),
    ("POST", "/_simulator/faults"),
    ("POST", "/_simulator/clock"),
    ("POST", "/_simulator/scenarios/bills"),
    ("POST", "/_bank/authorize?item=x"),
    ("POST", "/_bank/payment?intent=x"),
    ("POST", "/_pay/x"),
    ("OPTIONS", "/_simulator/reset"),
]


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving(origin="https://pluggy.example.com") as one:
        yield one


def _rebound(driver: Driver) -> dict[str, str]:
    port = driver.simulator.url.rpartition(":")[2]
    return {"Host": f"somebody.example:{port}"}


@pytest.mark.parametrize(("method", "path"), VERBS)
async def test_pages_of_other_origins_reach_nothing_that_needs_no_key(
    driver: Driver, method: str, path: str
) -> None:
    item = await driver.connected()
    rebound = _rebound(driver)
    for headers in (
        {"Origin": ELSEWHERE},
        {"Origin": "null"},
        {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Origin": "http://localhost:1", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        rebound,
        rebound | {"Origin": f"http://{rebound['Host']}", "Sec-Fetch-Site": "same-origin"},
    ):
        answer = await driver.http.request(method, path, headers=headers)

        assert (answer.status_code, answer.json()["codeDescription"]) == (403, "FOREIGN_ORIGIN")
        assert "access-control-allow-origin" not in answer.headers
    assert (await driver.get(f"/items/{item['id']}"))["status"] == "UPDATED"


async def test_a_form_of_another_site_cannot_post_even_when_it_navigates(driver: Driver) -> None:
    navigates = {
        "Origin": ELSEWHERE,
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }

    posted = await driver.http.post("/_simulator/reset", headers=navigates)
    followed = await driver.http.get("/_simulator/", headers=navigates)

    assert (posted.status_code, followed.status_code) == (403, 200)


async def test_links_in_events_carry_the_name_from_outside(driver: Driver) -> None:
    item = await driver.connected()
    async with receiving() as receiver:
        hook = {"event": "transactions/created", "url": receiver.url}
        await driver.call("POST", "/webhooks", json=hook)
        driver.simulator.world.purchase(item["id"])
        (event,) = await receiver.has("transactions/created")

    assert driver.simulator.url.startswith("http://127.0.0.1:")
    assert event["createdTransactionsLink"].startswith("https://pluggy.example.com/")


async def test_programs_and_the_control_page_itself_come_in(driver: Driver) -> None:
    own = driver.simulator.url
    for headers in (
        {},
        {"Origin": own},
        {"Origin": own, "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Host": "localhost:4000"},
        {"Host": "pluggy:4000"},
        {"Host": "[::1]:4000"},
        {"Host": "host.docker.internal"},
        {"Host": "PLUGGY.example.com"},
    ):
        answer = await driver.http.get("/_simulator/state", headers=headers)

        assert answer.status_code == 200, headers


async def test_the_api_and_the_logos_are_open_to_every_origin(driver: Driver) -> None:
    page = {"Origin": ELSEWHERE, "Sec-Fetch-Site": "cross-site"}
    asks = page | {"Access-Control-Request-Method": "POST"}
    for headers in (page, page | _rebound(driver)):
        key = {"X-API-KEY": driver.key}

        listed = await driver.http.get("/connectors", headers=headers | key)
        logo = await driver.http.get("/_simulator/logo/613.svg", headers=headers)

        assert (listed.status_code, logo.status_code) == (200, 200)
        assert listed.headers["access-control-allow-origin"] == "*"
    assert (await driver.http.options("/items", headers=asks)).status_code == 200
