"""Requests with something to find in every part, and what the log says of them; one name from a
delivery to the screen and the audit."""

import io
import json
import logging
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from tests.conftest import Running
from tests.integration.web.knocking import knock
from tests.integration.web.people import Person, until
from tests.integration.web.test_every_answer import paths
from tomada.domain.ids import EntityId
from tomada.telemetry import name_ids, set_up
from tomada.web.app import create_app

MANY = 2_000
HEADERS = (
    "User-Agent", "Referer", "Cookie", "Authorization", "X-Request-Id", "X-CSRF-Token", "Origin",
    "X-Forwarded-For", "X-API-KEY", "Content-Type", "Accept-Language", "Tomada-Entity",
    "Tomada-Reason", "X-Tomada-Webhook-Key", "traceparent", "baggage",
)  # fmt: skip


@pytest.fixture
def said(tomada: Running) -> io.StringIO:  # noqa: ARG001  (it writes while it starts; that is not looked at)
    """Everything that is written while an installation runs."""
    stream = io.StringIO()
    set_up(level="DEBUG", stream=stream)
    name_ids(lambda kind, name: f"{kind}-{len(name)}")
    logging.getLogger().setLevel("DEBUG")
    return stream


def lines(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


async def test_nothing_of_a_request_is_in_the_log(tomada: Running, said: io.StringIO) -> None:
    web = create_app(tomada.app)
    host = tomada.url.partition("//")[2]
    known = list(paths(web))
    methods = ("GET", "POST", "PATCH", "DELETE", "PUT", "TRACE")

    for n in range(MANY):
        needle = f"needle{n:05}"
        base = known[n % len(known)]
        path = base.replace("/x", f"/{needle}") if n % 3 else f"{base}/{quote(needle)}"
        header = HEADERS[n % len(HEADERS)]
        value = f"tomada_session={needle}" if header == "Cookie" else needle
        body = json.dumps({needle: needle, "itemId": needle, "email": needle, "password": needle})
        await knock(
            web, path, method=methods[n % len(methods)], query=f"q={needle}&{needle}=1",
            headers={"Host": host, "Content-Type": "application/json", header: value},
            body=body.encode(),
        )  # fmt: skip

    told = lines(said)
    asked = [line for line in told if line["event"] == "request"]
    assert "needle" not in said.getvalue()
    assert len(asked) > MANY // 2
    assert len({line["route"] for line in asked}) > 30


async def test_one_name_leads_from_a_delivery_to_the_feed_and_to_the_audit(
    rita: Person, said: io.StringIO
) -> None:
    item = await rita.read_a_bank()
    async with rita.stream() as stream:
        ticket = await rita.ticket()
        await stream.send(json.dumps({"ticket": ticket, "after": 0}))
        await rita.buy(item)

        async def pushed() -> str | None:
            for entry in json.loads(await stream.recv())["entries"]:
                if entry["kind"] == "transactions.new" and entry["data"]["count"] == 1:
                    name: str = entry["data"]["correlationId"]
                    return name
            return None

        name = await until(pushed)

    async def audited() -> list[Any]:
        async with rita.tomada.app.store.begin(EntityId(UUID(rita.entity_id))) as tx:
            asked = "SELECT action FROM audit WHERE request_id = $1"
            return list(await tx.conn.fetch(asked, name))

    entries = await until(audited)
    of_it = [line for line in lines(said) if line.get("correlation") == name]
    kept = [line for line in of_it if line["event"] == "webhook_kept"]
    assert len(kept) == 1
    assert len(kept[0]["request_id"]) == 32
    assert {"webhook_kept", "pluggy_called", "sync_done"} <= {line["event"] for line in of_it}
    assert {line["item"] for line in of_it if line["event"] == "pluggy_called"} == {"item-36"}
    assert "sync_ended" in {entry["action"] for entry in entries}
    assert item not in said.getvalue()
    assert ticket not in said.getvalue()
