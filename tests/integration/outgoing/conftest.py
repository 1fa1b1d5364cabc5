"""A product's back end that listens over TLS, and an installation that tells it things."""

import base64
import hashlib
import hmac
import random
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
import trustme
from aiohttp import web

from tests.conftest import PASSWORD
from tomada.adapters.channels.egress import Egress
from tomada.adapters.channels.webhook import Webhook, secret_bytes
from tomada.bootstrap import App, open_app
from tomada.cli.serve import take_port
from tomada.domain.clock import utc_now
from tomada.domain.feed import FeedKind
from tomada.domain.ids import EntityId
from tomada.services.outgoing import Outgoing
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.store.feed import FeedRows

KEY = b"a key of thirty-two random bytes"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@dataclass(slots=True)
class Heard:
    """One request as the product understood it."""

    id: str
    at: int
    said: dict[str, Any]


@dataclass(slots=True)
class BackEnd:
    """Verifies each request as its product would, and answers what the test says."""

    url: str
    trust: ssl.SSLContext
    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The answers to come, 204 after them."""
    usual: int = 204
    before: Callable[[dict[str, Any]], int | None] = lambda _: None
    """Looked at first; gives an answer or nothing."""

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        message, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = hmac.digest(KEY, f"{message}.{at}.".encode() + body, hashlib.sha256)
        assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(signed).decode()}"
        said = msgspec.json.decode(body)
        self.heard.append(Heard(message, int(at), said))
        status = self.before(said) or (self.answers.pop(0) if self.answers else self.usual)
        return web.Response(status=status, headers={"Location": self.url} if status == 307 else {})

    def numbers(self) -> list[int]:
        return [one.said["data"]["n"] for one in self.heard]


@dataclass(slots=True)
class Told:
    """An installation without a worker: the test says when it tells, and what time it is."""

    app: App
    product: BackEnd
    later: timedelta = timedelta()

    def clock(self) -> datetime:
        return utc_now() + self.later

    def outgoing(self, url: str = "") -> Outgoing:
        """Make what tells; another one is another process."""
        target = url or self.product.url
        egress = Egress((ip_network("127.0.0.0/8"), ip_network("::1/128")))
        channel = Webhook(target, [secret_bytes(SECRET)], self.clock, egress, self.product.trust)
        return Outgoing(self.app.store, self.clock, channel, target, random.Random(7))

    async def someone(self, email: str) -> EntityId:
        _, entity = await self.app.access.create_user(email, PASSWORD, "Ana")
        return entity

    async def happens(self, entity: EntityId, *kinds: FeedKind) -> None:
        async with self.app.store.begin(entity) as tx:
            lines = [(kind, {"itemId": "an-item"}) for kind in kinds]
            await FeedRows(tx).append(lines, at=self.clock())


@pytest.fixture
async def product() -> AsyncIterator[BackEnd]:
    authority = trustme.CA()
    server, trust = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(trust)
    listener = take_port("127.0.0.1", 0)
    back_end = BackEnd(f"https://localhost:{listener.getsockname()[1]}/hooks", trust)
    application = web.Application()
    application.router.add_post("/hooks", back_end.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.SockSite(runner, listener, ssl_context=server).start()
    yield back_end
    await runner.cleanup()


@pytest.fixture
async def told(
    product: BackEnd, simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[Told]:
    async with open_app(settings_for(simulator, 8600)) as app:
        one = Told(app, product)
        # A channel tells what happens from its first look on.
        assert await one.outgoing().deliver() == 0
        yield one
