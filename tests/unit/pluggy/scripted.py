"""A small real HTTP server that answers as a test says, also wrongly."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tomada.pluggy import CallRecord, NoLimiter, PluggyClient, RetryPolicy

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; *cut* closes the connection after so many bytes, *hold* keeps it waiting."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hold: asyncio.Event | None = None


def answer(value: Any, *, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status=status, body=json.dumps(value).encode(), headers=named)


def a_key(*, number: int = 1, lives: timedelta = timedelta(hours=2), now: datetime = NOW) -> str:
    claims = {"iat": now.timestamp(), "exp": (now + lives).timestamp(), "jti": str(number)}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.sig"


@dataclass(slots=True)
class Server:
    """Answers ``/auth`` by itself and everything else with *script*."""

    script: Callable[[Seen], Reply]
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    logins: int = 0
    login_came: asyncio.Event = field(default_factory=asyncio.Event)
    login_reply: Callable[[int], Reply] = lambda n: answer({"apiKey": a_key(number=n)})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def targets(self) -> list[str]:
        return [f"{seen.method} {seen.target}" for seen in self.seen]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            named = (line.split(": ", 1) for line in head[1:] if line)
            headers = {name.lower(): text for name, text in named}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            seen = Seen(method, target, headers, body)
            if seen.path == "/auth":
                self.logins += 1
                self.login_came.set()
                reply = self.login_reply(self.logins)
            else:
                self.seen.append(seen)
                reply = self.script(seen)
            if reply.hold is not None:
                await reply.hold.wait()
            fields = {
                "Content-Type": "application/json",
                "Content-Length": str(len(reply.body)),
                "Connection": "close",
                **reply.headers,
            }
            lines = "".join(f"{name}: {text}\r\n" for name, text in fields.items())
            raw = f"HTTP/1.1 {reply.status} X\r\n{lines}\r\n".encode() + reply.body
            writer.write(raw if reply.cut is None else raw[: reply.cut])
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    script: Callable[[Seen], Reply], *, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[Server]:
    """Run a server with *script* for the block."""
    server = Server(script, **options)
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


@dataclass(slots=True)
class Waits:
    """Takes the place of sleeping, and remembers for how long."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def a_client(server: Server, **settings: Any) -> PluggyClient:
    defaults: dict[str, Any] = {
        "client_id": "id",
        "client_secret": "secret",
        "base_url": server.url,
        "clock": lambda: NOW,
        "sleep": Waits(),
        "retry": RetryPolicy(attempts=3),
        "trust_env": False,
        "limiter": NoLimiter(),
    }
    return PluggyClient(**(defaults | settings))


def recorder() -> tuple[list[CallRecord], Callable[[CallRecord], None]]:
    records: list[CallRecord] = []
    return records, records.append


def a_row(number: int = 1, **fields: Any) -> dict[str, Any]:
    row = {
        "id": f"tx-{number}",
        "accountId": "acc",
        "description": "PADARIA",
        "amount": -12.5,
        "currencyCode": "BRL",
        "date": "2026-11-19T03:00:00.000Z",
        "type": "DEBIT",
        "status": "POSTED",
        "createdAt": "2026-11-20T12:01:40.000Z",
        "updatedAt": "2026-11-20T12:01:40.000Z",
    }
    return row | fields
