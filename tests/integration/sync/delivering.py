"""Delivering events by hand, as Pluggy does and as others would like to."""

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.conftest import Running

PATH = "/api/webhooks/pluggy"


@dataclass(frozen=True, slots=True)
class Courier:
    """Somebody who knows the registered secret, and can leave it out."""

    http: httpx2.AsyncClient
    header: str
    secret: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def event(self, name: str, **fields: Any) -> dict[str, Any]:
        """Write an event with an id of its own."""
        return {"event": name, "eventId": f"event-{next(self._numbers)}", **fields}

    async def deliver(self, event: Any) -> httpx2.Response:
        """Deliver as Pluggy does."""
        return await self.http.post(PATH, json=event, headers={self.header: self.secret})

    async def kept(self, name: str, **fields: Any) -> str:
        """Deliver an event that must be taken in; gives its id."""
        event = self.event(name, **fields)
        answer = await self.deliver(event)
        assert (answer.status_code, answer.json()) == (200, {"received": True}), answer.text
        return str(event["eventId"])

    async def raw(self, content: bytes, **headers: str) -> httpx2.Response:
        """Deliver bytes."""
        sent = {self.header: self.secret, "Content-Type": "application/json", **headers}
        return await self.http.post(PATH, content=content, headers=sent)


@asynccontextmanager
async def courier(tomada: Running) -> AsyncIterator[Courier]:
    """Give one who reads the secret where Pluggy got it: from the registration."""
    await tomada.app.upkeep.check_webhook()
    hook = next(iter(tomada.simulator.world.state.webhooks.values()))
    ((name, value),) = hook.headers.items()
    async with httpx2.AsyncClient(base_url=tomada.url, timeout=60) as http:
        yield Courier(http, name, value)


async def inbox(tomada: Running) -> dict[str, dict[str, Any]]:
    """Read the inbox by event id."""
    async with tomada.app.store.begin() as tx:
        rows = await tx.conn.fetch(
            "SELECT event_id, event, item_id, state, reason, duplicates, conflicts FROM inbox"
        )
    return {row["event_id"]: dict(row) for row in rows}
