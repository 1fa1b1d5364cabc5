"""Requests to the web application without a network between, as the server hands them over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back; a stream that was let in has status 101."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def knock(
    web: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    stream: bool = False,
) -> Answered:
    """Make one request; a stream ends where it was let in."""
    given = {"host": "localhost:80"} | {n.lower(): v for n, v in (headers or {}).items()}
    scope: dict[str, Any] = {
        "type": "websocket" if stream else "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "ws" if stream else "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode("latin-1")) for name, value in given.items()
        ],
        "client": ("127.0.0.1", 4711),
        "server": ("localhost", 80),
        "extensions": {"websocket.http.response": {}},
    }
    if not stream:
        scope["headers"].append((b"content-length", str(len(body)).encode()))
        scope.pop("extensions")
    sent: list[Message] = []
    first: Message = (
        {"type": "websocket.connect"} if stream else {"type": "http.request", "body": body}
    )
    waiting = [first]

    async def receive() -> Message:
        gone = (
            {"type": "websocket.disconnect", "code": 1001}
            if stream
            else {"type": "http.disconnect"}
        )
        return waiting.pop() if waiting else gone

    async def send(message: Message) -> None:
        sent.append(message)

    await web(scope, receive, send)
    return Answered(
        int(sent[0].get("status", 101)),
        {
            name.decode().lower(): value.decode("latin-1")
            for name, value in sent[0].get("headers", ())
        },
        b"".join(message.get("body", b"") for message in sent),
    )
