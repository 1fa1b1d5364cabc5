from collections.abc import Iterator

import httpx2
from fastapi.routing import APIRoute

from tests.integration.web.people import API, Person
from tomada.web import (
    access,
    annotations,
    bills,
    cards,
    connect,
    consents,
    holdings,
    items,
    ledger,
    links,
    news,
    privacy,
    proofs,
    sync,
)
from tomada.web.middleware import HEADERS

UNKNOWN = "0193a000-0000-7000-8000-000000000000"


def routes() -> Iterator[tuple[str, str]]:
    for module in (
        access,
        annotations,
        connect,
        consents,
        items,
        ledger,
        bills,
        cards,
        holdings,
        links,
        news,
        privacy,
        proofs,
        sync,
    ):
        for route in module.router.routes:
            assert isinstance(route, APIRoute)
            path = route.path.replace("{", "").replace("}", "")
            for name in route.param_convertors:
                path = path.replace(name, UNKNOWN)
            yield from ((method, path) for method in route.methods or ())


OPEN = {("POST", "/api/session"), ("GET", f"{API}/privacy/erasures/{UNKNOWN}")}
SIGNED_IN_ONLY = sorted(one for one in routes() if one not in OPEN)


def test_the_table_has_every_route_the_guide_fixes() -> None:
    table = set(routes())

    assert {
        ("POST", f"{API}/create-connect-token"),
        ("POST", f"{API}/sync-data"),
        ("GET", f"{API}/items"),
        ("DELETE", f"{API}/items/{UNKNOWN}"),
        ("GET", f"{API}/accounts"),
        ("GET", f"{API}/transactions"),
        ("PATCH", f"{API}/transactions/{UNKNOWN}"),
        ("POST", f"{API}/links/{UNKNOWN}/undo"),
        ("GET", f"{API}/notifications"),
        ("GET", f"{API}/feed"),
    } <= table
    assert len(table) >= 19


async def test_no_route_serves_who_is_not_signed_in(anonymous: httpx2.AsyncClient) -> None:
    forged = {"Cookie": "tomada_session=" + "x" * 43, "X-CSRF-Token": "x"}

    for method, path in SIGNED_IN_ONLY:
        for headers in ({}, forged, {"Authorization": "Bearer x"}):
            answer = await anonymous.request(method, path, headers=headers)

            assert answer.status_code == 401, (method, path)
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["error"] == "Unauthorized"


async def test_what_is_somebody_elses_looks_like_what_is_not_there(
    rita: Person, bento: Person
) -> None:
    item = await rita.read_a_bank()
    row = (await rita.get("/transactions", limit=1))["transactions"][0]["id"]
    sync_id = (await rita.get("/feed"))["entries"][-1]["data"]["syncId"]

    for method, foreign, missing, body in (
        ("DELETE", f"{API}/items/{item}", f"{API}/items/{UNKNOWN}", None),
        ("GET", f"{API}/syncs/{sync_id}", f"{API}/syncs/{UNKNOWN}", None),
        ("GET", f"{API}/syncs/{sync_id}", f"{API}/syncs/nonsense", None),
        ("GET", f"{API}/transactions/{row}", f"{API}/transactions/{UNKNOWN}", None),
        ("POST", f"{API}/sync-data", f"{API}/sync-data", "itemId"),
        ("POST", f"{API}/create-connect-token", f"{API}/create-connect-token", "itemId"),
        ("POST", f"{API}/create-connect-token", f"{API}/create-connect-token", "entityId"),
    ):
        theirs = rita.entity_id if body == "entityId" else item
        one = await bento.client.request(method, foreign, json={body: theirs} if body else None)
        other = await bento.client.request(method, missing, json={body: UNKNOWN} if body else None)

        assert (one.status_code, other.status_code) == (404, 404), (method, foreign)
        assert {**one.json(), "instance": ""} == {**other.json(), "instance": ""}
    for path in ("/accounts", "/transactions", "/bills", "/investments", "/loans"):
        assert (await rita.get(path, itemId=item))[path[1:]], path
        assert not (await bento.get(path, itemId=item))[path[1:]], path
    assert (await rita.get("/identity"))["identities"]
    assert not (await bento.get("/identity"))["identities"]
    assert not (await bento.get("/bank-consents", itemId=item))["bankConsents"]
    position = (await rita.get("/investments"))["investments"][0]["id"]
    for path in (f"/investments/{position}/transactions", f"/items/{item}/syncs"):
        assert (await rita.client.get(f"{API}{path}")).status_code == 200, path
        assert (await bento.client.get(f"{API}{path}")).status_code == 404, path
    assert (await bento.get("/feed"))["entries"] == []
    assert [one["id"] for one in (await rita.get("/items"))["items"]] == [item]


async def test_every_answer_has_the_security_headers(anonymous: httpx2.AsyncClient) -> None:
    for method, path in (
        *SIGNED_IN_ONLY,
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/nowhere"),
        ("TRACE", "/api/session"),
        ("PUT", "/api/session"),
        ("POST", "/api/webhooks/pluggy"),
        ("GET", "/api/webhooks/pluggy"),
    ):
        answer = await anonymous.request(method, path)

        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, (method, path)
        assert len(answer.headers["X-Request-Id"]) == 32
        assert "Server" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_framework_shows_no_pages_of_its_own(anonymous: httpx2.AsyncClient) -> None:
    for path in ("/docs", "/redoc", "/docs/oauth2-redirect"):
        assert (await anonymous.get(path)).status_code == 404


async def test_the_description_of_the_api_names_every_route_and_its_shapes(
    anonymous: httpx2.AsyncClient,
) -> None:
    document = (await anonymous.get("/openapi.json")).json()

    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    shapes = document["components"]["schemas"]
    assert {path for _, path in routes() if UNKNOWN not in path} <= {path for _, path in described}
    assert shapes["TransactionShape"]["properties"]["amount"] == {"type": "number"}
    assert shapes["TransactionShape"]["properties"]["date"]["format"] == "date-time"
    refs = str(document["paths"]).count("#/components/schemas/")
    assert refs > 15
