"""People at browsers: what they send is what a page of ours would send."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.conftest import PASSWORD, Running

API = "/api/open-finance"


@contextlib.asynccontextmanager
async def visitor(tomada: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody who looks at a page of ours and has not signed in."""
    own = {"Origin": tomada.url, "Sec-Fetch-Site": "same-origin"}
    async with httpx2.AsyncClient(base_url=tomada.url, headers=own, timeout=60) as client:
        yield client


@contextlib.asynccontextmanager
async def sign_up(tomada: Running, name: str) -> AsyncIterator["Person"]:
    """Somebody with an account, signed in."""
    email = f"{name}@example.com"
    _, entity = await tomada.app.access.create_user(email, PASSWORD, name.title())
    async with visitor(tomada) as client:
        answer = await client.post("/api/session", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
        yield Person(tomada, client, email, str(entity))


@dataclass(frozen=True, slots=True)
class Person:
    tomada: Running
    client: httpx2.AsyncClient
    email: str
    entity_id: str

    async def get(self, path: str, **params: Any) -> Any:
        """Read something of the API that must be there."""
        answer = await self.client.get(f"{API}{path}", params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        return await self.client.post(f"{API}{path}", json=body)

    async def bank(self) -> int:
        """Choose a bank that takes the sandbox's user and password."""
        listed = await self.get("/institutions")
        plain = [one for one in listed["institutions"] if not one["isOpenFinance"]]
        connector: int = plain[0]["connectorId"]
        return connector

    async def agree(self, connector_id: int) -> httpx2.Response:
        notice = await self.get("/consents/notice", connectorId=connector_id)
        agreed = {
            "connectorId": connector_id,
            "noticeVersion": notice["version"],
            "noticeSha256": notice["sha256"],
            "purposes": [one["code"] for one in notice["purposes"]],
            "adult": True,
        }
        return await self.post("/consents", agreed)

    async def connect_a_bank(self) -> str:
        """Do what the widget does, without the widget; gives the item's id."""
        connector = await self.bank()
        await self.agree(connector)
        token = await self.post("/create-connect-token", {"connectorId": connector})
        assert token.status_code == 200, token.text
        return await self.widget(token, connector)

    async def widget(self, token: httpx2.Response, connector: int | None = None) -> str:
        """Let the widget make an item with the token of an answer."""
        connector = await self.bank() if connector is None else connector
        async with httpx2.AsyncClient(base_url=self.tomada.simulator.url) as widget:
            made = await widget.post(
                "/items",
                headers={"X-API-KEY": token.json()["connectToken"]},
                json={
                    "connectorId": connector,
                    "parameters": {"user": "user-ok", "password": "password-ok"},
                },
            )
        assert made.status_code == 200, made.text
        item: str = made.json()["id"]
        return item

    async def read_a_bank(self) -> str:
        """Connect one and wait until it is read."""
        item = await self.connect_a_bank()
        answer = await self.post("/sync-data", {"itemId": item})
        assert answer.status_code == 200, answer.text
        return item

    async def buy(self, item_id: str) -> str:
        """Let something be bought at the bank; gives the account."""
        accounts = (await self.get("/accounts", itemId=item_id))["accounts"]
        account: str = next(one["id"] for one in accounts if one["type"] == "BANK")
        async with httpx2.AsyncClient(base_url=self.tomada.simulator.url) as bank:
            made = await bank.post(
                f"/_simulator/items/{item_id}/transactions",
                json={"accountId": account, "description": "Padaria Aurora", "amount": "-12.50"},
            )
        assert made.status_code < 300, made.text
        return account

    async def ticket(self) -> str:
        answer = await self.client.post("/api/ws-ticket")
        assert answer.status_code == 200, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    def stream(self, **options: Any) -> connect:
        """Open the stream's socket the way our own page does."""
        address = f"{self.tomada.url.replace('http', 'ws', 1)}/ws"
        return connect(address, **{"origin": self.tomada.url, "proxy": None, **options})


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = 30) -> Any:
    """Wait for *condition* to give something true, and give that."""
    end = time.monotonic() + seconds
    while not (value := await condition()):
        assert time.monotonic() < end, "it did not come to pass in time"
        await asyncio.sleep(0.02)
    return value


async def closed(stream: ClientConnection) -> int:
    """Read a stream to its end and give the close code."""
    with contextlib.suppress(ConnectionClosed):
        async with asyncio.timeout(30):
            while True:
                await stream.recv()
    assert stream.close_code is not None
    return stream.close_code
