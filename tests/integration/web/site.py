"""The whole program on loopback: simulator, server, worker; and a person who uses it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
from argon2 import PasswordHasher
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect

from tomada.bootstrap import App, open_app
from tomada.services.passwords import Passwords
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.store.embedded import EmbeddedCluster
from tomada.web.app import create_app
from tomada.web.server import listen, server_for
from tomada.worker import Worker

PASSWORD = "uma senha comprida"


@dataclass(frozen=True, slots=True)
class Site:
    app: App
    simulator: Simulator
    url: str

    @property
    def port(self) -> int:
        return self.app.settings.port

    @contextlib.asynccontextmanager
    async def visitor(self) -> AsyncIterator[httpx2.AsyncClient]:
        """Somebody at a browser on one of our pages."""
        own = {"Origin": self.url, "Sec-Fetch-Site": "same-origin"}
        async with httpx2.AsyncClient(base_url=self.url, headers=own, timeout=60) as client:
            yield client

    @contextlib.asynccontextmanager
    async def person(self, name: str = "rita") -> AsyncIterator["Person"]:
        """Somebody with an account, signed in."""
        email = f"{name}@example.com"
        await self.app.access.create_user(email, PASSWORD, name.title())
        async with self.visitor() as client:
            answer = await client.post("/api/session", json={"email": email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
            yield Person(self, client, email, answer.json()["entityId"])


@dataclass(frozen=True, slots=True)
class Person:
    site: Site
    client: httpx2.AsyncClient
    email: str
    entity_id: str

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def agree(self, connector_id: int) -> None:
        base = "/api/open-finance/consents"
        notice = await self.get(f"{base}/notice", connectorId=connector_id)
        body = {
            "connectorId": connector_id,
            "noticeVersion": notice["version"],
            "noticeSha256": notice["sha256"],
        }
        answer = await self.client.post(base, json=body)
        assert answer.status_code == 201, answer.text

    async def bank(self) -> int:
        """Choose a bank that takes the sandbox's user and password."""
        listed = await self.get("/api/open-finance/institutions")
        plain = [one for one in listed["institutions"] if not one["isOpenFinance"]]
        connector: int = plain[0]["connectorId"]
        return connector

    async def connect_a_bank(self) -> str:
        """Do what the widget does, without the widget; gives the item's id."""
        connector = await self.bank()
        await self.agree(connector)
        token = await self.client.post(
            "/api/open-finance/create-connect-token", json={"connectorId": connector}
        )
        assert token.status_code == 200, token.text
        async with httpx2.AsyncClient(base_url=self.site.simulator.url) as widget:
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

    async def sync(self, item_id: str) -> httpx2.Response:
        return await self.client.post("/api/open-finance/sync-data", json={"itemId": item_id})

    async def ticket(self) -> str:
        answer = await self.client.post("/api/ws-ticket")
        assert answer.status_code == 200, answer.text
        ticket: str = answer.json()["ticket"]
        return ticket

    def stream(self, **options: Any) -> connect:
        """Open the stream's socket the way our own page does."""
        address = f"{self.site.url.replace('http', 'ws', 1)}/ws"
        return connect(address, **{"origin": self.site.url, **options})

    async def purchase(self, account_id: str, item_id: str) -> None:
        async with httpx2.AsyncClient(base_url=self.site.simulator.url) as bank:
            made = await bank.post(
                f"/_sim/items/{item_id}/transactions",
                json={"accountId": account_id, "description": "Padaria Aurora", "amount": -12.5},
            )
            assert made.status_code == 200, made.text


@contextlib.asynccontextmanager
async def running_site(
    cluster: EmbeddedCluster, key_file: Path, **changes: Any
) -> AsyncIterator[Site]:
    """Run everything in this loop; *changes* are settings."""
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with run_simulator(SimulatorSettings()) as simulator:
        settings = Settings(
            **{
                "env": "development",
                "port": port,
                "app_url": url,
                "database_url": SecretStr(cluster.app_url),
                "database_owner_url": SecretStr(cluster.owner_url),
                "master_key": key_file.as_uri(),
                "pluggy_client_id": simulator.settings.client_id,
                "pluggy_client_secret": SecretStr(simulator.settings.client_secret),
                "pluggy_url": simulator.url,
                "widget_origin": simulator.url,
                **changes,
            }
        )
        cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        async with open_app(settings) as opened:
            app = replace(opened, access=replace(opened.access, passwords=cheap))
            async with _serving(app, listener), Worker(app).running():
                yield Site(app, simulator, url)


@contextlib.asynccontextmanager
async def _serving(app: App, listener: socket.socket) -> AsyncIterator[None]:
    server = server_for(create_app(app), host="127.0.0.1", port=app.settings.port)
    with contextlib.closing(listener):
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await until(lambda: server.started or task.done())
            yield
        finally:
            server.should_exit = True
            await task


async def until(condition: Callable[[], Any | Awaitable[Any]], *, seconds: float = 30) -> Any:
    """Wait for *condition* to give something true, and give that."""
    async with asyncio.timeout(seconds):
        while True:
            value = condition()
            if isinstance(value, Awaitable):
                value = await value
            if value:
                return value
            await asyncio.sleep(0.02)


async def closed(socket: ClientConnection) -> int:
    """Read a stream to its end and give the close code."""
    async with asyncio.timeout(30):
        async for _ in socket:
            pass
    assert socket.close_code is not None
    return socket.close_code
