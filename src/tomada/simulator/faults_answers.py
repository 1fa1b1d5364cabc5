"""Fire the faults at answers: before the API is asked, instead of it, or on what it said."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.simulator.encoding import json_bytes
from tomada.simulator.faults import Fault, FaultBox
from tomada.simulator.faults_bodies import Spoiled, spoiled
from tomada.simulator.limits import Pressure
from tomada.simulator.recorder import is_api

_HANG = 3600.0
_DRIP = 0.01


@dataclass(frozen=True, slots=True, repr=False)
class FaultMiddleware:
    """Fire the faults of a box."""

    app: ASGIApp
    box: FaultBox
    # Waits by the world's clock where that is given.
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the fault wants, or as the API does when there is none."""
        fault = None
        if scope["type"] == "http" and is_api(scope["path"]):
            fault = self.box.take(scope["method"], scope["path"])
        match fault.effect if fault is not None else None:
            case None:
                await self.app(scope, receive, send)
            case "use_up" if fault is not None:
                scope["pressure"] = Pressure(weight=fault.size or 1)
                await self.app(scope, receive, send)
            case "halve_limit" if fault is not None:
                scope["pressure"] = Pressure(halved=2)
                await self.app(scope, receive, send)
            case "delay" if fault is not None:
                await self.sleep(fault.seconds)
                await self.app(scope, receive, send)
            case "hang" if fault is not None:
                await _hang(receive, fault.seconds or _HANG)
                await _answer(send, 504, b"", [])
            case "status" if fault is not None and not fault.only_last:
                await _answer(send, fault.status, _body_of(fault), _headers_of(fault))
            case _ if fault is not None:
                answer = _Captured()
                await self.app(scope, receive, answer.keep)
                await _tell(fault, answer, scope, send, self)


@dataclass(slots=True, repr=False)
class _Captured:
    """An answer held back."""

    status: int = 200
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def keep(self, message: Message) -> None:
        """Take a message of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


async def _tell(
    fault: Fault, answer: _Captured, scope: Scope, send: Send, at: FaultMiddleware
) -> None:
    kept = [pair for pair in answer.headers if pair[0].lower() not in _FRAMING]
    headers = [*kept, _JSON]
    match fault.effect:
        case "status":
            if _is_last_page(answer.body):
                await _answer(send, fault.status, _body_of(fault), _headers_of(fault))
                return
            fault.fired -= 1
            await _answer(send, answer.status, answer.body, headers)
        case "late":
            await at.sleep(fault.seconds)
            await _answer(send, answer.status, answer.body, headers)
        case "close" | "no_answer" | "wrong_length":
            # The promised length is never sent: the server drops the connection.
            part = len(answer.body) // 2 if fault.effect == "close" else 0
            missing = 7 if fault.effect == "wrong_length" else 0
            part = len(answer.body) if missing else part
            length = (b"content-length", str(len(answer.body) + missing).encode())
            start = {"type": "http.response.start", "status": answer.status}
            await send(start | {"headers": [*headers, length]})
            body = answer.body[:part]
            await send({"type": "http.response.body", "body": body, "more_body": True})
        case "drip":
            await _drip(send, fault, answer, headers, at.sleep)
        case "content_type":
            page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
            html = (b"content-type", b"text/html")
            body = _body_of(fault) if fault.body is not None else page
            await _answer(send, answer.status, body, [*kept, html])
        case "stale":
            address = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
            old = at.box.before.setdefault(address, answer.body)
            body = answer.body if fault.fired % 2 else old
            await _answer(send, answer.status, body, headers)
        case _:
            query = scope["query_string"].decode("latin-1")
            made = spoiled(fault, answer.body, path=scope["path"], query=query)
            await _send(send, answer.status, made, headers)


async def _send(send: Send, status: int, made: Spoiled, headers: list[tuple[bytes, bytes]]) -> None:
    await _answer(send, status, made.body, [*headers, *made.headers])


async def _drip(
    send: Send,
    fault: Fault,
    answer: _Captured,
    headers: list[tuple[bytes, bytes]],
    sleep: Callable[[float], Awaitable[None]],
) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    start = {"type": "http.response.start", "status": answer.status}
    await send(start | {"headers": [*headers, length]})
    step = fault.size or 1
    for place in range(0, len(answer.body), step):
        await sleep(fault.seconds or _DRIP)
        part = answer.body[place : place + step]
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _hang(receive: Receive, seconds: float) -> None:
    """Say nothing until the client has gone, or for so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        pass


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    # A 204 has neither body nor length.
    framing, body = ([], b"") if status == 204 else ([length], body)  # noqa: PLR2004  no content
    start = {"type": "http.response.start", "status": status, "headers": [*headers, *framing]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _is_last_page(body: bytes) -> bool:
    try:
        page = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return False
    return isinstance(page, dict) and page.get("next") is None


def _body_of(fault: Fault) -> bytes:
    if isinstance(fault.body, str):
        return fault.body.encode()
    if fault.body is None:
        return json_bytes({"code": fault.status, "message": "A fault was asked for"})
    return json_bytes(fault.body)


def _headers_of(fault: Fault) -> list[tuple[bytes, bytes]]:
    given = {name.lower(): value for name, value in fault.headers.items()}
    return list(_encoded({"content-type": "application/json", **given}))


def _encoded(headers: Mapping[str, str]) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.items():
        yield name.encode("latin-1"), value.encode("latin-1")


_FRAMING = frozenset({b"content-length", b"content-type"})
_JSON = (b"content-type", b"application/json; charset=utf-8")
