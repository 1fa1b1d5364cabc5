"""Drive a simulator over real HTTP, as a client would, and receive what it sends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from tomada.simulator import BankSource, Simulator, SimulatorSettings, run_simulator
from tomada.simulator.households import bank_for

PATIENCE = 20.0
PASSWORD = "password-ok"


@dataclass(slots=True)
class Driver:
    """A client of one simulator that holds an API key."""

    simulator: Simulator
    http: httpx2.AsyncClient
    key: str = ""

    async def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        json: Any = None,
        params: dict[str, Any] | None = None,
    ) -> httpx2.Response:
        """Ask the API; *key* replaces the API key."""
        headers = {"X-API-KEY": self.key if key is None else key}
        return await self.http.request(
            method, path, headers=headers, json=json, params=params or None
        )

    async def get(self, path: str, **params: Any) -> Any:
        """Read something that is there."""
        answer = await self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, **given: Any) -> tuple[int, str | None]:
        """Give status and code of an answer that must be a refusal."""
        answer = await self.call(method, path, **given)
        body = answer.json()
        assert answer.status_code >= 400
        assert body["code"] == answer.status_code
        return answer.status_code, body.get("codeDescription")

    async def connect_token(self, **body: Any) -> str:
        """Make a widget token."""
        answer = await self.call("POST", "/connect_token", json=body)
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["accessToken"]
        return token

    async def new_item(
        self,
        user: str = "user-ok",
        *,
        connector: int = 613,
        password: str = PASSWORD,
        key: str | None = None,
        parameters: dict[str, str] | None = None,
        **body: Any,
    ) -> Any:
        """Make an item and give the API's first word of it."""
        login = {"user": user, "password": password} if parameters is None else parameters
        asked = {"connectorId": connector, "parameters": login, **body}
        answer = await self.call("POST", "/items", json=asked, key=key)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ended(self, item_id: str) -> Any:
        """Wait for the end of the item's execution and give the item."""
        return await self.item_at(item_id, lambda item: item["status"] != "UPDATING")

    async def item_at(self, item_id: str, there: Callable[[Any], bool]) -> Any:
        """Wait until the item is as wished."""

        async def look() -> Any:
            item = await self.get(f"/items/{item_id}")
            return item if there(item) else None

        return await until(look)

    async def connected(self, user: str = "user-ok", **given: Any) -> Any:
        """Make an item and wait for its data."""
        item = await self.ended((await self.new_item(user, **given))["id"])
        assert item["status"] == "UPDATED", item
        return item

    async def accounts(self, item_id: str) -> list[Any]:
        """List an item's accounts."""
        results: list[Any] = (await self.get("/accounts", itemId=item_id))["results"]
        return results

    async def rows(self, account_id: str, **params: Any) -> list[Any]:
        """Read every cursor page of an account."""
        page = await self.get("/v2/transactions", accountId=account_id, **params)
        rows: list[Any] = page["results"]
        while page["next"] is not None:
            page = await self.get(f"/v2/transactions{page['next']}")
            rows += page["results"]
        return rows


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """Look again and again until there is something."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await look()
            if found is not None:
                return found
            await asyncio.sleep(0.01)


@asynccontextmanager
async def driving(*, source: BankSource = bank_for, **settings: Any) -> AsyncIterator[Driver]:
    """Run a simulator with *settings* and log in to it."""
    async with (
        run_simulator(SimulatorSettings(**settings), source=source) as simulator,
        httpx2.AsyncClient(base_url=simulator.url, trust_env=False, timeout=PATIENCE) as http,
    ):
        driver = Driver(simulator, http)
        keys = {
            "clientId": simulator.settings.client_id,
            "clientSecret": simulator.settings.client_secret,
        }
        driver.key = (await http.post("/auth", json=keys)).json()["apiKey"]
        yield driver
