"""A scenario of the simulator, played upon what a person connected through the product."""

import contextlib
import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
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
_CHECKS = ("see", "gone", "item", "account", "bill", "rows", "ask")
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

    async def rest(self) -> None:
        """Wait until nothing is left to do anywhere, days of runs at the bank included."""
        await quiet(self.tomada, seconds=90)

    async def play(
        self, *, patiently: bool = False, after: Callable[[Step], Awaitable[None]] | None = None
    ) -> Played:
        """Let the scenario happen, and wait until nothing is left to do anywhere.

        *patiently* waits so after each step, where the product must have seen it before the next;
        *after* is called then.
        """
        banks: Mapping[str, str] = dict(self.banks)

        async def wait(step: Step) -> None:
            if step.verb not in _CHECKS:
                await self.rest()
            if after is not None:
                await after(step)

        self.played = await self.tomada.simulator.world.play(
            self.scenario, banks=banks, between=wait if patiently else None
        )
        await self.rest()
        return self.played

    async def days(self, count: int) -> None:
        """Let days pass, each with its daily comparison."""
        for _ in range(count):
            await self.tomada.simulator.world.clock.advance(timedelta(hours=25))
            await self.sweep()

    async def sweep(self) -> None:
        """Let the daily comparison come round, where it is due."""
        await self.rest()
        await self.tomada.app.upkeep.read_overdue()
        await self.rest()

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

    async def notices(self) -> list[dict[str, Any]]:
        """List what the person is told and has not read, the newest first."""
        told: list[dict[str, Any]] = (await self.get("/notifications"))["notifications"]
        return [one for one in told if one["readAt"] is None]

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
                shown.banks[step.main] = await connect(
                    shown,
                    connector=step.get("connector", _BANK),
                    user=step.get("user", "user-ok"),
                    products=step.get("products"),
                )
        await shown.rest()
        yield shown


async def connect(
    shown: Scene, *, connector: int, user: str = "user-ok", products: list[str] | None = None
) -> ItemId:
    """Agree, get a token, do what the widget does, and have the item read."""
    key = await token(shown, connector=connector)
    item = await widget(shown, key, connector=connector, user=user, products=products)
    await read(shown, item)
    return item


async def read(shown: Scene, item: ItemId) -> None:
    """Say, as the page does, that the widget has made an item, and wait for its first reading."""
    answer = await shown.client.post(f"{API}/sync-data", json={"itemId": item})
    assert answer.status_code == 200, answer.text
    await shown.rest()


async def token(shown: Scene, *, connector: int) -> str:
    """Agree to the reading of a bank and get a connect token for it."""
    notice = await shown.get("/consents/notice", connectorId=connector)
    agreed = {
        "connectorId": connector,
        "noticeVersion": notice["version"],
        "noticeSha256": notice["sha256"],
        "purposes": [one["code"] for one in notice["purposes"]],
        "adult": True,
    }
    await shown.client.post(f"{API}/consents", json=agreed)
    answer = await shown.client.post(f"{API}/create-connect-token", json={"connectorId": connector})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["connectToken"])


async def widget(
    shown: Scene,
    key: str,
    *,
    connector: int,
    user: str = "user-ok",
    products: list[str] | None = None,
) -> ItemId:
    """Make an item as Pluggy's window does."""
    login = {"user": user, "password": "password-ok"}
    body = {"connectorId": connector, "parameters": login, "products": products}
    async with httpx2.AsyncClient(base_url=shown.tomada.simulator.url) as pluggy:
        made = await pluggy.post(
            "/items",
            headers={"X-API-KEY": key},
            json={name: value for name, value in body.items() if value is not None},
        )
    assert made.status_code == 200, made.text
    return ItemId(made.json()["id"])


async def months(shown: Scene) -> tuple[int, int]:
    """Sum up what the last months say was spent and earned, in cents."""
    told = (await shown.get("/months", count=2))["months"]
    spent = sum(int(one["spendingMinor"]) for one in told)
    return spent, sum(int(one["incomeMinor"]) for one in told)
