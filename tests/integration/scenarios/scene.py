"""A scenario of the simulator, played upon what a person connected through the product."""

import contextlib
import html
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from tests.conftest import PASSWORD, Running
from tests.integration.path.truth import held, truth
from tests.integration.sync.quiet import quiet
from tests.integration.web.people import API, visitor
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.simulator.scenarios import Played, Scenario, scenario
from tomada.simulator.scenarios.language import Step

EMAIL = "helena@example.com"
_BANK = 613
"""The bank of a scenario that names none."""


@dataclass(slots=True)
class Scene:
    """One person at the product, and the banks of one scenario, connected through it."""

    tomada: Running
    email: str
    caller: Caller
    client: httpx2.AsyncClient
    scenario: Scenario
    banks: dict[str, ItemId]
    played: Played | None = None

    async def play(self, *, patiently: bool = False) -> Played:
        """Let the scenario happen, and wait until nothing is left to do anywhere.

        *patiently* waits so after each step, where the product must have seen it before the next.
        """
        banks: Mapping[str, str] = dict(self.banks)

        async def wait(_: Step) -> None:
            await quiet(self.tomada)

        self.played = await self.tomada.simulator.world.play(
            self.scenario, banks=banks, between=wait if patiently else None
        )
        await quiet(self.tomada)
        return self.played

    async def days(self, count: int) -> None:
        """Let days pass, each with its daily comparison."""
        for _ in range(count):
            await self.tomada.simulator.world.clock.advance(timedelta(hours=25))
            await self.sweep()

    async def sweep(self) -> None:
        """Let the daily comparison come round, whatever the time."""
        await self.tomada.app.upkeep.read_overdue()
        await quiet(self.tomada)

    async def equal(self, *banks: str) -> bool:
        """Tell whether the ledger holds what the banks hold, row by row."""
        for name in banks or tuple(self.banks):
            item = self.banks[name]
            if await held(self.tomada, self.caller.entity_id, item) != await truth(
                self.tomada, item
            ):
                return False
        return True

    async def get(self, path: str, **query: Any) -> Any:
        """Ask the product's API as the signed-in person."""
        answer = await self._answered(f"{API}{path}", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def page(self, path: str = "/") -> str:
        """Give what a page says, as plain text."""
        answer = await self._answered(path)
        assert answer.status_code == 200, answer.text
        source = re.sub(r"<(script|style|template)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", source)).split())

    async def rows(self, text: str, bank: str = "bank") -> list[dict[str, Any]]:
        """List the statement's rows of a bank that say *text*, newest first."""
        query = {"itemId": self.banks[bank], "q": text, "limit": 500}
        found: list[dict[str, Any]] = (await self.get("/transactions", **query))["transactions"]
        return found

    async def row(self, name: str) -> dict[str, Any]:
        """Find what the scenario calls *name*, by the id it has at Pluggy now."""
        assert self.played is not None
        wanted = self.played.rows[name]
        cursor: str | None = None
        while True:
            query = {"limit": 500} | ({} if cursor is None else {"cursor": cursor})
            page = await self.get("/transactions", **query)
            for one in page["transactions"]:
                if one["metadata"]["pluggyTransactionId"] == wanted:
                    found: dict[str, Any] = one
                    return found
            cursor = page["nextCursor"]
            assert cursor is not None, f"the statement has no row for {name!r}"

    async def _answered(self, path: str, **query: Any) -> httpx2.Response:
        """Ask; a person whose session ended, because days have passed, signs in again."""
        answer = await self.client.get(path, params=query)
        if answer.status_code == 401 or answer.is_redirect:
            await sign_in(self.client, self.email)
            answer = await self.client.get(path, params=query)
        return answer


async def sign_in(client: httpx2.AsyncClient, email: str) -> None:
    answer = await client.post("/api/session", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]


@contextlib.asynccontextmanager
async def scene(
    tomada: Running, name: str, *, only: str | None = None, email: str = EMAIL
) -> AsyncIterator[Scene]:
    """Have somebody connect the banks of a scenario, or *only* one, by the product's own way."""
    chosen = scenario(name)
    user, entity = await tomada.app.access.create_user(email, PASSWORD, "Helena Prado")
    async with visitor(tomada) as client:
        await sign_in(client, email)
        shown = Scene(tomada, email, Caller(user, entity, "test"), client, chosen, {})
        for step in chosen.steps:
            if step.verb == "connect" and only in (None, step.main):
                shown.banks[step.main] = await _connect(shown, step)
        await quiet(tomada)
        yield shown


async def _connect(shown: Scene, step: Step) -> ItemId:
    connector = step.get("connector", _BANK)
    notice = await shown.get("/consents/notice", connectorId=connector)
    agreed = {
        "connectorId": connector,
        "noticeVersion": notice["version"],
        "noticeSha256": notice["sha256"],
    }
    await shown.client.post(f"{API}/consents", json=agreed)
    wanted = {"connectorId": connector}
    token = await shown.client.post(f"{API}/create-connect-token", json=wanted)
    assert token.status_code == 200, token.text
    login = {"user": step.get("user", "user-ok"), "password": "password-ok"}
    body = {"connectorId": connector, "parameters": login, "products": step.get("products")}
    async with httpx2.AsyncClient(base_url=shown.tomada.simulator.url) as widget:
        made = await widget.post(
            "/items",
            headers={"X-API-KEY": token.json()["connectToken"]},
            json={key: value for key, value in body.items() if value is not None},
        )
        assert made.status_code == 200, made.text
    item = ItemId(made.json()["id"])
    answer = await shown.client.post(f"{API}/sync-data", json={"itemId": item})
    assert answer.status_code == 200, answer.text
    return item
