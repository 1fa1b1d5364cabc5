"""The whole web application, knocked at without a network: as many deliveries as a test needs."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.types import ASGIApp, Message

from tomada.bootstrap import App, open_app
from tomada.settings import Settings
from tomada.web.app import create_app

PATH = "/api/webhooks/pluggy"
PEER = "198.51.100.7"
Pairs = Sequence[tuple[str, str]]
Opened = Callable[..., Awaitable["Door"]]
Opening = Callable[..., AbstractAsyncContextManager["Door"]]


class Hands:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was answered, without the id that each answer has of its own."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]

    def header(self, name: str) -> str | None:
        found = [value.decode() for key, value in self.headers if key == name.encode()]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Door:
    """One installation's door; *secret* is what Pluggy was told."""

    app: App
    api: ASGIApp
    secret: str
    peers: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """The header that proves a delivery."""
        return self.app.settings.webhook_header, self.secret

    async def knock(
        self,
        body: bytes | Iterable[bytes],
        headers: Pairs,
        *,
        peer: str = PEER,
        path: str = PATH,
        version: str = "1.1",
    ) -> Heard:
        """Send one request; a body that is no bytes is sent in chunks."""
        chunked = not isinstance(body, bytes)
        parts = [body] if isinstance(body, bytes) else list(body)
        sent = [("Host", self.app.settings.origin.removeprefix("http://")), *headers]
        names = {name.lower() for name, _ in headers}
        if "content-type" not in names:
            sent.append(("Content-Type", "application/json"))
        if chunked:
            sent.append(("Transfer-Encoding", "chunked"))
        elif "content-length" not in names:
            sent.append(("Content-Length", str(len(parts[0]))))
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": version, "method": "POST",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "client": (peer, 4711), "server": ("127.0.0.1", 8600),
            "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in sent],
        }  # fmt: skip
        waiting = [
            {"type": "http.request", "body": part, "more_body": n + 1 < len(parts)}
            for n, part in enumerate(parts)
        ]
        told: list[Message] = []

        async def receive() -> Message:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            told.append(message)

        await self.api(scope, receive, send)
        own = (b"x-request-id",)
        return Heard(
            told[0]["status"],
            b"".join(one.get("body", b"") for one in told[1:]),
            tuple((n, v) for n, v in told[0]["headers"] if n not in own),
        )

    async def deliver(self, event: Any, *more: tuple[str, str], peer: str = PEER) -> Heard:
        """Deliver as Pluggy does."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return await self.knock(body, [self.key, *more], peer=peer)

    async def count(self, table: str = "inbox") -> int:
        """Count the rows of a table."""
        async with self.app.store.begin() as tx:
            found: int = await tx.conn.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608  (names of tests)
        return found


@asynccontextmanager
async def door(settings: Settings, clock: Any) -> AsyncIterator[Door]:
    """Open an installation without a worker and without a network."""
    async with open_app(settings, clock=clock) as app:
        yield Door(app, create_app(app), await told(app))


async def told(app: App) -> str:
    """Give the secret that Pluggy is told."""
    secrets = app.upkeep.registration.secrets
    return secrets.to_tell(await secrets.row())


async def several(
    work: Callable[[Any], Awaitable[Heard]], wishes: Iterable[Any], *, at_once: int = 50
) -> list[Heard]:
    """Do so much at once, in order."""
    todo, answers = list(wishes), list[Heard]()
    for start in range(0, len(todo), at_once):
        answers += await asyncio.gather(*(work(one) for one in todo[start : start + at_once]))
    return answers
