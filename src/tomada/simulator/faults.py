"""Let chosen answers go wrong: by method and path, a number of times, and counted."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.simulator.encoding import json_bytes
from tomada.simulator.recorder import is_api

Effect = Literal[
    "status", "delay", "close", "truncate", "content_type", "next_loop", "next_foreign"
]
FOREIGN_HOST = "https://foreign.example"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule: which requests it meets, what it does to them, how often it still may.

    *effect* "status" answers *status*, *body* and *headers* without asking the API; "delay" waits
    *seconds* first; "close" breaks the connection in mid-body; "truncate" ends the JSON early but
    properly framed; "content_type" sends HTML; the two "next" effects lead a cursor page back to
    itself or to another host.
    """

    method: str = "*"
    path: str = "*"
    effect: Effect
    # Requests that fit and are let through first.
    skip: int = 0
    # None goes on until the fault is removed.
    count: int | None = 1
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    id: str = ""
    fired: int = 0

    def meets(self, method: str, path: str) -> bool:
        """Say whether a request is one of those meant."""
        spent = self.count is not None and self.fired >= self.count
        return not spent and self.method in {"*", method} and fnmatchcase(path, self.path)


@dataclass(slots=True, repr=False)
class FaultBox:
    """The faults of one world."""

    faults: list[Fault] = field(default_factory=list)
    _given: int = 0

    def add(self, fault: Fault) -> Fault:
        """Put a fault in place; the first that fits a request is the one that fires."""
        self._given += 1
        fault.id = f"fault-{self._given}"
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every fault."""
        self.faults.clear()

    def remove(self, fault_id: str) -> bool:
        """Remove one; False if there is none of that id."""
        left = [fault for fault in self.faults if fault.id != fault_id]
        found = len(left) < len(self.faults)
        self.faults[:] = left
        return found

    def take(self, method: str, path: str) -> Fault | None:
        """Find the fault that fires for this request and count it."""
        for fault in self.faults:
            if fault.meets(method, path):
                fault.fired += 1
                return fault
        return None


@dataclass(frozen=True, slots=True, repr=False)
class FaultMiddleware:
    """Fire the faults of a box."""

    app: ASGIApp
    box: FaultBox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the fault wants, or as the API does when there is none."""
        fault = None
        if scope["type"] == "http" and is_api(scope["path"]):
            fault = self.box.take(scope["method"], scope["path"])
        if fault is None:
            await self.app(scope, receive, send)
        elif fault.effect == "delay":
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, send)
        elif fault.effect == "status":
            await _answer(send, fault.status, _body_of(fault), _headers_of(fault))
        else:
            answer = _Captured()
            await self.app(scope, receive, answer.keep)
            await _spoil(fault, answer, scope, send)


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


async def _spoil(fault: Fault, answer: _Captured, scope: Scope, send: Send) -> None:
    kept = [pair for pair in answer.headers if pair[0].lower() not in _FRAMING]
    match fault.effect:
        case "close":
            # The promised length is never sent: the server drops the connection.
            length = (b"content-length", str(len(answer.body)).encode())
            start = {"type": "http.response.start", "status": answer.status}
            await send(start | {"headers": [*kept, _JSON, length]})
            half = answer.body[: len(answer.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        case "truncate":
            half = answer.body[: len(answer.body) // 2]
            await _answer(send, answer.status, half, [*kept, _JSON])
        case "content_type":
            page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
            html = (b"content-type", b"text/html")
            body = _body_of(fault) if fault.body is not None else page
            await _answer(send, answer.status, body, [*kept, html])
        case _:
            body = _misled(fault, answer.body, scope)
            await _answer(send, answer.status, body, [*kept, _JSON])


def _misled(fault: Fault, body: bytes, scope: Scope) -> bytes:
    try:
        page = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    query = scope["query_string"].decode("latin-1")
    loop = fault.effect == "next_loop"
    page["next"] = f"?{query}" if loop else f"{FOREIGN_HOST}{scope['path']}?{query}"
    return json_bytes(page)


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    start = {"type": "http.response.start", "status": status, "headers": [*headers, length]}
    await send(start)
    await send({"type": "http.response.body", "body": body})


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
