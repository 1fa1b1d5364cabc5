"""Every route, every kind of caller, and somebody else's id in every place that takes one."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from tests.conftest import PASSWORD, Running
from tests.integration.sync.quiet import quiet
from tests.integration.web.people import API, Person, sign_up
from tests.integration.web.test_every_route import UNKNOWN
from tomada.domain.ids import EntityId
from tomada.store.audit import AuditRows
from tomada.web.app import create_app
from tomada.web.rules import Stated, stated

# Names of places for ids whose values are nobody's: a bank's number, a file of ours, a secret.
NOBODYS = {"connector_id": "612", "version": "x", "name:path": "x", "locator": "x"}
# Ids in bodies and in the query, for the routes that take them there.
BODIES: Mapping[str, tuple[str, ...]] = {
    f"POST {API}/create-connect-token": ("itemId", "entityId"),
    f"POST {API}/sync-data": ("itemId",),
    "POST /ui/rows": ("accountId",),
    "POST /ui/parts": ("accountId",),
}
QUERIES = ("itemId", "accountId", "conta", "item")
DOOR = "/entrar"
ENDINGS = ("/api/session", f"{API}/privacy/erasure")
Tell = Callable[[Mapping[Any, int]], None]


@dataclass(frozen=True, slots=True)
class Hers:
    """What is Rita's: her ids by the names of places for them, and words no answer may hold."""

    ids: Mapping[str, str]
    words: tuple[str, ...]


async def whats_hers(rita: Person) -> Hers:
    item = await rita.read_a_bank()
    # The events of her own connecting are served first; then nothing of hers moves.
    await quiet(rita.tomada)
    row = (await rita.get("/transactions", limit=1))["transactions"][0]
    accounts = (await rita.get("/accounts"))["accounts"]
    card = next(one["id"] for one in accounts if one["type"] == "CREDIT")
    consent = (await rita.get("/consents"))["consents"][0]
    bills = (await rita.get("/bills"))["bills"]
    feed = (await rita.get("/feed"))["entries"]
    ids = {
        "entityId": rita.entity_id,
        "item_id": item, "itemId": item, "item": item,
        "account_id": card, "accountId": card, "conta": card,
        "transaction_id": row["id"],
        "billId": bills[0]["id"], "bill_id": bills[0]["id"],
        "investment_id": (await rita.get("/investments"))["investments"][0]["id"],
        "sync_id": next(e["data"]["syncId"] for e in feed if "syncId" in e["data"]),
        "consent_id": consent["id"],
        # She has none of these now; an id of another kind of hers stands for them.
        "link_id": row["id"], "notification_id": row["id"], "export_id": row["id"],
    }  # fmt: skip
    assert all(ids.values())
    return Hers(ids, (row["id"], card, rita.email, row["description"]))


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Print counts beside the test's dot."""

    def told(counts: Mapping[Any, int]) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{sum(counts.values())} requests: {dict(counts)}\n")

    return told


@pytest.fixture
def served(tomada: Running) -> FastAPI:
    return create_app(tomada.app)


@pytest.fixture
async def table(served: FastAPI) -> list[Stated]:
    return [one for one in stated(served.routes) if one.method != "WS"]


def path_of(route: Stated, ids: Mapping[str, str]) -> str:
    """Fill the places of a route; a place this test does not know fails it."""
    path = route.path
    for place in [part.partition("}")[0] for part in path.split("{")[1:]]:
        path = path.replace(f"{{{place}}}", NOBODYS.get(place) or ids[place])
    return path


def refused(answer: httpx2.Response, *statuses: int) -> bool:
    """Tell whether an answer is the refusal that its kind of route gives."""
    if answer.status_code == 303:
        return answer.headers["Location"].startswith(DOOR)
    return answer.status_code in statuses


async def shut_out(
    tomada: Running, served: FastAPI, stack: AsyncExitStack
) -> dict[str, httpx2.AsyncClient]:
    """Give callers that are nobody, or not any more: each shows what it has left."""
    own = {"Origin": tomada.url, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": "x"}

    async def client(**more: Any) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(served)
        made = httpx2.AsyncClient(transport=transport, base_url=tomada.url, headers=own, **more)
        return await stack.enter_async_context(made)

    callers = {"anonymous": await client()}
    for name in ("signed out", "expired", "idle", "suspended", "suspended entity"):
        mail = name.replace(" ", ".")
        person = await stack.enter_async_context(sign_up(tomada, mail))
        callers[name] = await client(cookies=dict(person.client.cookies))
        callers[name].headers["X-CSRF-Token"] = person.client.headers["X-CSRF-Token"]
        async with tomada.app.store.begin() as tx:
            mine = "entity_id = $1::text::uuid"
            match name:
                case "expired":
                    await tx.conn.execute(
                        f"UPDATE sessions SET expires_at = now() - interval '1 s' WHERE {mine}",  # noqa: S608
                        person.entity_id,
                    )
                case "idle":
                    await tx.conn.execute(
                        f"UPDATE sessions SET seen_at = now() - interval '31 min' WHERE {mine}",  # noqa: S608
                        person.entity_id,
                    )
                case "suspended entity":
                    await tx.conn.execute(
                        "UPDATE entities SET suspended_at = now() WHERE id = $1::text::uuid",
                        person.entity_id,
                    )
        if name == "suspended":
            await tomada.app.doors.suspensions.suspend_user(person.email, actor="t")
        if name == "signed out":
            await person.client.delete("/api/session")
    keys = tomada.app.doors.api_keys
    made, secret = await keys.create("x", ["read", "write"], life=timedelta(days=1), actor="t")
    await keys.revoke(made.id, actor="t")
    callers["revoked key"] = await client()
    callers["revoked key"].headers["Authorization"] = f"Bearer {secret}"
    callers["invented token"] = await client()
    callers["invented token"].headers["Authorization"] = "Bearer eyJhbGciOiJub25lIn0.e30."
    return callers


async def test_no_route_serves_who_is_shut_out_whatever_ids_they_know(
    tomada: Running,
    served: FastAPI,
    table: list[Stated],
    rita: Person,
    stack: AsyncExitStack,
    tell: Tell,
) -> None:
    hers, counts = await whats_hers(rita), Counter[str]()

    for name, client in (await shut_out(tomada, served, stack)).items():
        for route in table:
            if not route.rule.who:
                continue
            for headers in ({}, {"Tomada-Entity": rita.entity_id, "Tomada-Reason": "support X"}):
                answer = await client.request(
                    route.method, path_of(route, hers.ids), headers=headers
                )
                counts[name] += 1

                assert refused(answer, 401), (name, route, answer.status_code)
                assert not [word for word in hers.words if word in answer.text]

    assert len(counts) == 8
    assert set(counts.values()) == {2 * sum(bool(one.rule.who) for one in table)}
    assert counts.total() >= 8 * 2 * 50
    tell(counts)


def changed(route: Stated, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """List the ways to send ids to a route: in its path, its body, its query."""
    body = {name: ids[name] for name in BODIES.get(f"{route.method} {route.path}", ())}
    ways: list[dict[str, Any]] = [{"json": {name: value}} for name, value in body.items()]
    if route.method == "GET":
        ways += [{"params": {name: ids[name]}} for name in QUERIES]
    return ways or [{}]


def shown(answer: httpx2.Response, ids: Mapping[str, str]) -> tuple[int, str]:
    """Give what an answer tells, without the request's id and what was asked for itself."""
    text = answer.text
    if answer.headers.get("Content-Type", "").endswith("json") and text:
        body = answer.json()
        if isinstance(body, dict):
            body.pop("instance", None)
            # Times of the answer itself.
            for moving in ("readAt", "ticket", "csrfToken"):
                body.pop(moving, None)
        text = json.dumps(body, sort_keys=True)
    else:
        text = ""
    for value in ids.values():
        text = text.replace(value, "…")
    return answer.status_code, text


async def test_an_id_of_somebody_elses_does_what_an_unknown_one_does(
    tomada: Running,
    served: FastAPI,
    table: list[Stated],
    rita: Person,
    bento: Person,
    tell: Tell,
) -> None:
    hers = await whats_hers(rita)
    unknown = dict.fromkeys(hers.ids, UNKNOWN)
    before = await _everything(rita)
    counts = Counter[str]()
    transport = httpx2.ASGITransport(served)
    async with httpx2.AsyncClient(
        transport=transport, base_url=tomada.url, headers=bento.client.headers,
        cookies=bento.client.cookies,
    ) as client:  # fmt: skip
        tomada.simulator.world.recorder.log.clear()
        for route in sorted(table, key=lambda one: one.path):
            # Signing out and erasing would end Bento, not try for what is hers.
            if not route.rule.who or route.path.startswith(ENDINGS):
                continue
            for theirs, nobodys in zip(
                changed(route, hers.ids), changed(route, unknown), strict=True
            ):
                one = await client.request(route.method, path_of(route, hers.ids), **theirs)
                other = await client.request(route.method, path_of(route, unknown), **nobodys)
                counts[str(one.status_code)] += 1

                # Twice the same request may be told so; what takes an id is told the same of both.
                if theirs or path_of(route, hers.ids) != path_of(route, unknown):
                    assert shown(one, hers.ids) == shown(other, unknown), (route, theirs)
                assert one.status_code < 500, (route, theirs)
                found = [word for word in hers.words if word in one.text]
                assert [word for word in found if word not in str(theirs)] == [], (route, theirs)

    for now, then in zip(await _everything(rita), before, strict=True):
        assert now == then
    assert await _did_something_to(rita, bento) == []
    asked = [one.path for one in tomada.simulator.world.recorder.log]
    assert [path for path in asked if hers.ids["item_id"] in path] == []
    assert counts.total() >= 120
    assert counts["404"] >= 25
    tell(counts)


async def _everything(rita: Person) -> list[Any]:
    answers = [await rita.get(path) for path in ("/accounts", "/transactions", "/consents")]
    for one in answers:
        one.pop("freshness", None)
    return [*answers, [one["id"] for one in (await rita.get("/items"))["items"]]]


async def _did_something_to(rita: Person, bento: Person) -> list[str]:
    """List what stands in her audit as his doing."""
    app = rita.tomada.app
    me = (await bento.client.get("/api/caller")).json()["id"]
    his = app.access.audit.pseudonym("user", me)
    async with app.store.begin(EntityId(UUID(rita.entity_id))) as tx:
        kept = [one.entry for one in await AuditRows(tx).entries(limit=1000)]
    assert kept
    return [one.action for one in kept if one.actor == his]


async def test_a_role_opens_what_its_rule_says_and_nothing_else(
    tomada: Running,
    table: list[Stated],
    rita: Person,
    bento: Person,
    tell: Tell,
) -> None:
    hers, counts = await whats_hers(rita), Counter[tuple[str, bool]]()
    shown = Counter[str]()
    for role in ("auditor", "operator", "dpo", "administrator"):
        await tomada.app.doors.duties.give(bento.email, role, actor="t")
        signed = await bento.client.post(
            "/api/session", json={"email": bento.email, "password": PASSWORD}
        )
        bento.client.headers["X-CSRF-Token"] = signed.json()["csrfToken"]
        for route in table:
            # Pages never show another's data, and streams and bodies have tests of their own.
            if not route.rule.who or not route.path.startswith(f"{API}/"):
                continue
            answer = await bento.client.request(
                route.method,
                path_of(route, hers.ids),
                headers={"Tomada-Entity": rita.entity_id, "Tomada-Reason": "support CASE-1"},
            )
            allowed = role in route.rule.others
            counts[role, allowed] += 1
            shown[role] += answer.status_code == 200

            assert allowed or answer.status_code == 404, (role, route, answer.status_code)
            assert not allowed or answer.status_code in (200, 404, 422), (role, route)
        await tomada.app.doors.duties.take(bento.email, role, actor="t")

    assert {role for role, allowed in counts if allowed} == {"operator", "dpo", "administrator"}
    assert min(shown["dpo"], shown["operator"], shown["administrator"]) > 0, shown
    assert counts["dpo", True] > counts["operator", True] > 0
    tell(counts)
