"""The ways between the product and Pluggy, inside the process: HTTP without sockets.

A wire runs the other side's ASGI application and turns what it does into what a client on a
network would have seen: an answer, a broken one, none in time, or nobody there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import httpx2
from multidict import CIMultiDict
from starlette.types import ASGIApp, Message

from tests.fault.virtual import VirtualTime
from tomada.pluggy.bodies import take_in
from tomada.pluggy.errors import TransportError
from tomada.pluggy.transport import Answer, Request

TIMEOUT = 30.0


class KilledError(BaseException):
    """The process this happens in was killed; nothing may catch it."""


@dataclass(slots=True)
class _Exchange:
    """One request on its way, and what has come back of the answer."""

    body: bytes
    time: VirtualTime
    ended: "asyncio.Future[None]"
    asked: bool = False
    whole: bool = False
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content: bytes = b""

    async def receive(self) -> Message:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        # The client is there until the exchange is over.
        await self.ended
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.content += message.get("body", b"")
            self.whole = not message.get("more_body", False)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, whoever's client it comes from."""

    method: str
    url: httpx2.URL
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class _LostError(Exception):
    """No whole answer came; *sent* says whether the request may have been."""

    def __init__(self, what: str, *, sent: bool, late: bool = False) -> None:
        super().__init__(what)
        self.sent, self.late = sent, late


@dataclass(slots=True)
class Wire:
    """One direction. *app* is None while nobody is there.

    *before* is called before and after each exchange and may raise: whoever asks may die in it.
    *after* is told each request's body and status.
    """

    time: VirtualTime
    app: ASGIApp | None = None
    client: str = "127.0.0.1"
    before: Callable[[], None] = lambda: None
    after: Callable[[bytes, int], None] = lambda _body, _status: None
    broken: list[str] = field(default_factory=list)

    async def carry(self, asked: _Asked) -> _Exchange:
        """Carry one request there and its answer back; raise where that is lost."""
        self.before()
        if self.app is None:
            raise _LostError("nobody listens", sent=False)
        if self.broken:
            raise _LostError(self.broken.pop(), sent=False)
        loop = asyncio.get_running_loop()
        exchange = _Exchange(asked.body, self.time, loop.create_future())
        come = loop.create_future()
        answering = self.app(_scope(asked, self.client), exchange.receive, exchange.send)
        task = asyncio.create_task(cast("Coroutine[Any, Any, None]", answering))
        task.add_done_callback(lambda _: None if come.done() else come.set_result(True))
        try:
            answered = await self.time.clock.rest(come, seconds=TIMEOUT)
        finally:
            if not exchange.ended.done():
                exchange.ended.set_result(None)
        if not answered:
            task.cancel()
            raise _LostError("no answer in time", sent=True, late=True)
        self.before()
        if task.cancelled() or isinstance(task.exception(), KilledError):
            raise _LostError("the connection was reset", sent=True)
        if task.exception() is not None:
            raise AssertionError("the other side broke") from task.exception()
        headers = dict(exchange.headers)
        promised = int(headers.get(b"content-length", str(len(exchange.content)).encode()))
        if not exchange.whole or promised != len(exchange.content):
            raise _LostError("the answer broke off", sent=True)
        self.after(asked.body, exchange.status)
        return exchange


@dataclass(frozen=True, slots=True)
class AsSender:
    """The wire as the client of ours sees it."""

    wire: Wire
    origin: str

    async def send(self, request: Request, *, api_key: str | None) -> Answer:
        """Do one exchange."""
        headers = [
            (b"host", httpx2.URL(self.origin).netloc),
            (b"content-type", b"application/json"),
        ]
        if api_key is not None:
            headers.append((b"x-api-key", api_key.encode()))
        url = httpx2.URL(self.origin + request.path, params=list(request.params))
        asked = _Asked(request.method, url, tuple(headers), request.body or b"")
        began = self.wire.time()
        try:
            come = await self.wire.carry(asked)
        except _LostError as error:
            effect: Literal["unknown", "none"] = "unknown" if error.sent else "none"
            raise TransportError(
                str(error), effect=effect, method=request.method, route=request.route
            ) from None
        named = {name.decode().title(): value.decode() for name, value in come.headers}
        body = await take_in(_pieces(come.content), encoding=named.get("Content-Encoding", ""))
        spent = (self.wire.time() - began).total_seconds()
        return Answer(come.status, CIMultiDict(named), body, spent)

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class AsNetwork(httpx2.AsyncBaseTransport):
    """The wire as any other client sees it."""

    wire: Wire

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Do one exchange."""
        body = b"".join([part async for part in request.stream])  # type: ignore[union-attr]
        headers = tuple((name.lower(), value) for name, value in request.headers.raw)
        try:
            come = await self.wire.carry(_Asked(request.method, request.url, headers, body))
        except _LostError as error:
            kind: type[httpx2.TransportError] = httpx2.ConnectError
            if error.sent:
                kind = httpx2.ReadTimeout if error.late else httpx2.ReadError
            raise kind(str(error), request=request) from None
        return httpx2.Response(
            come.status, headers=come.headers, content=come.content, request=request
        )


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _scope(asked: _Asked, client: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": asked.url.scheme,
        "path": asked.url.path,
        "raw_path": asked.url.raw_path.split(b"?")[0],
        "query_string": asked.url.query,
        "root_path": "",
        "headers": list(asked.headers),
        "server": (asked.url.host, asked.url.port),
        "client": (client, 50_000),
        "state": {},
    }
