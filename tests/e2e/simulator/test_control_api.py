"""The control page's part of the control API: description, alias, verbs, files."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.contract.simulator.receiving import receiving
from tomada.simulator import Simulator, create_app, new_world, run_simulator
from tomada.simulator.panel.bodies import BODIES, QUERIES, TELLS
from tomada.simulator.panel.openapi import operations
from tomada.simulator.settings import SimulatorSettings


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with run_simulator() as running:
        yield running


@pytest.fixture
async def api(simulator: Simulator) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=simulator.url) as client:
        keys = simulator.settings
        answer = await client.post(
            "/auth", json={"clientId": keys.client_id, "clientSecret": keys.client_secret}
        )
        client.headers["X-API-KEY"] = answer.raise_for_status().json()["apiKey"]
        yield client


async def _connected(simulator: Simulator, api: httpx2.AsyncClient) -> str:
    body = {"connectorId": 613, "parameters": {"user": "user-ok", "password": "password-ok"}}
    made = (await api.post("/items", json=body)).raise_for_status()
    await simulator.world.settled()
    return str(made.json()["id"])


async def test_the_description_has_every_control_route_and_no_other(
    api: httpx2.AsyncClient,
) -> None:
    app = create_app(new_world(SimulatorSettings()))

    told = (await api.get("/_simulator/openapi.json")).json()

    described = {
        f"{method.upper()} {path}" for path, methods in told["paths"].items() for method in methods
    }
    assert described == {f"{method} {path}" for path, method in operations(app.routes)}
    assert "POST /_simulator/faults" in described
    assert not (set(BODIES) | set(QUERIES) | set(TELLS)) - described
    ids = [one["operationId"] for methods in told["paths"].values() for one in methods.values()]
    assert len(ids) == len(set(ids))


async def test_an_event_is_sent_again_with_the_same_bytes(
    simulator: Simulator, api: httpx2.AsyncClient
) -> None:
    async with receiving() as receiver:
        await api.post("/webhooks", json={"event": "all", "url": receiver.url})
        item_id = await _connected(simulator, api)
        first = (await receiver.has("item/created"))[0]

        told = await api.post(f"/_simulator/deliveries/{first['eventId']}/again")

        assert told.json() == {"count": 1}
        assert await receiver.has("item/created", count=2) == [first, first]
        assert first["itemId"] == item_id
    assert (await api.post("/_simulator/deliveries/unheard-of/again")).status_code == 404


@pytest.mark.parametrize(
    "event", ["item/updated", "item/error", "transactions/created", "transactions/updated"]
)
async def test_any_event_of_an_item_can_be_fired(
    simulator: Simulator, api: httpx2.AsyncClient, event: str
) -> None:
    item_id = await _connected(simulator, api)
    async with receiving() as receiver:
        await api.post("/webhooks", json={"event": event, "url": receiver.url})

        (
            await api.post(f"/_simulator/items/{item_id}/events", json={"event": event})
        ).raise_for_status()

        (fired,) = await receiver.has(event)
        assert fired["itemId"] == item_id


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("events", {"event": "item/deleted"}),
        ("events", {}),
        ("events", {"event": "transactions/created", "accountId": "none"}),
    ],
)
async def test_what_cannot_be_fired_is_refused(
    simulator: Simulator, api: httpx2.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    item_id = await _connected(simulator, api)

    answer = await api.post(f"/_simulator/items/{item_id}/{path}", json=body)

    assert answer.status_code in {400, 404}


async def test_a_login_that_was_reset_is_refused_until_it_is_given_anew(
    simulator: Simulator, api: httpx2.AsyncClient
) -> None:
    item_id = await _connected(simulator, api)

    await api.post(f"/_simulator/items/{item_id}/reset-login")
    await simulator.world.settled()
    refused = (await api.get(f"/items/{item_id}")).json()
    login = {"user": "user-ok", "password": "password-ok"}
    await api.patch(f"/items/{item_id}", json={"parameters": login})
    await simulator.world.settled()

    assert (refused["status"], refused["error"]["code"]) == ("LOGIN_ERROR", "INVALID_CREDENTIALS")
    assert (await api.get(f"/items/{item_id}")).json()["status"] == "UPDATED"


async def test_the_overview_shows_as_many_rows_as_asked_for(
    simulator: Simulator, api: httpx2.AsyncClient
) -> None:
    await _connected(simulator, api)

    few = (await api.get("/_simulator/overview?rows=2")).json()
    wrong = await api.get("/_simulator/overview?rows=1000")

    accounts = few["items"][0]["accounts"]
    assert [len(account["newest"]) for account in accounts] == [2] * len(accounts)
    assert all(account["count"] > 2 for account in accounts)
    assert wrong.status_code == 400


async def test_the_page_runs_nothing_but_its_own_files(api: httpx2.AsyncClient) -> None:
    page = await api.get("/_simulator", follow_redirects=True)

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    for name in ("panel.js", "dom.js", "panel.css"):
        assert (await api.get(f"/_simulator/panel/{name}")).status_code == 200
    for name in ("index.html", "none.js", "..%2froutes.py"):
        assert (await api.get(f"/_simulator/panel/{name}")).status_code == 404
