"""A healthy installation in production: behind TLS, scraped, one bank connected and told of."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import httpx2
import pytest
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.conftest import Running
from tests.integration.path.connecting import connect
from tests.integration.sync.quiet import quiet
from tomada.bootstrap import App, open_app
from tomada.cli.checks.looking import Examined
from tomada.cli.doctor import examine_app
from tomada.cli.serve import monitored, serving, take_port
from tomada.domain.backups import BACKUP_MADE
from tomada.domain.ids import ItemId
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.store.embedded import EmbeddedCluster
from tomada.web.app import create_app
from tomada.worker import Worker

NAME = "bank.example"


@dataclass(frozen=True, slots=True)
class Ward:
    """The installation that is looked at; *streams* reaches its public name."""

    app: App
    owner_url: str
    item: ItemId
    simulator: Simulator
    streams: aiohttp.ClientSession

    async def examined(self, **changed: Any) -> Examined:
        """Look, at the same installation with other parts where given."""
        async with self.visitor() as web:
            return await examine_app(replace(self.app, **changed), web, self.streams)

    def settings(self, **changed: Any) -> Settings:
        return self.app.settings.model_copy(update=changed)

    def visitor(self) -> httpx2.AsyncClient:
        """Somebody for whom the public name is answered by the installation, all else as it is."""
        public = httpx2.ASGITransport(create_app(self.app))
        return httpx2.AsyncClient(mounts={f"https://{NAME}": public}, trust_env=False, timeout=60)


@dataclass(frozen=True, slots=True)
class Leading(AbstractResolver):
    """Leads every name to one address."""

    host: str
    port: int

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002  (the library's signature)
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        to = ResolveResult(
            hostname=host, host=self.host, port=self.port, family=family, proto=0, flags=0
        )
        return [to]

    async def close(self) -> None: ...


@pytest.fixture
async def ward(
    simulator: Simulator, settings_for: Callable[..., Settings], emptied: EmbeddedCluster
) -> AsyncIterator[Ward]:
    bound, monitor = take_port("127.0.0.1", 0), take_port("127.0.0.1", 0)
    figures = monitor.getsockname()[1]
    local = settings_for(simulator, 8600, metrics_port=figures, register_webhook=False)
    async with open_app(local) as app, Worker(app).running():
        before = Running(app, local.origin, simulator)
        item = await connect(before, await before.someone())
        await quiet(before)
    changes = {"env": "production", "app_url": f"https://{NAME}", "register_webhook": True}
    async with (
        open_app(local.model_copy(update=changes)) as app,
        serving(app, listener=bound),
        monitored(app, listener=monitor),
        proxied(bound.getsockname()[1]) as streams,
        httpx2.AsyncClient() as prometheus,
    ):
        await app.upkeep.check_webhook()
        await noted(app, BACKUP_MADE)
        await prometheus.get(f"http://127.0.0.1:{figures}/metrics")
        yield Ward(app, emptied.owner_url, item, simulator, streams)


async def noted(app: App, action: str, *, outcome: str = "done") -> None:
    """Note in the installation's log what was done to its backups."""
    async with app.store.begin() as tx:
        await app.access.audit.write(tx, action, operator="test", outcome=outcome)


@asynccontextmanager
async def proxied(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    """Speak TLS under the public name in front of a port; gives a client that gets there."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(NAME).configure_cert(server)
    authority.configure_trust(client)

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, inner_writer), pipe(inner_reader, writer))

    proxy = await asyncio.start_server(passed, "127.0.0.1", 0, ssl=server)
    async with proxy:
        host, taken = proxy.sockets[0].getsockname()[:2]
        connector = aiohttp.TCPConnector(resolver=Leading(host, taken), ssl=client)
        async with aiohttp.ClientSession(connector=connector) as session:
            yield session
