"""The simulated Pluggy through a relay that puts hostile text into every field that is text."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import socket
from typing import Any

import httpx2
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tests.e2e.hostile.payloads import endless
from tomada.simulator.serving import serving

# What a program reads and no person: ids, kinds, instants, addresses that are called.
KEPT = re.compile(
    r"(?:.*(?:Id|At|Date|Time|Status|Type)|id|type|subtype|status|date|next|webhookUrl|clientUserId"
    r"|currencyCode|event|apiKey|accessToken|products|code|country|lang|method|period|rateType"
    r"|oauthUrl|image|health|level|operationTypes|updatedAt|errorCode|nextAutoSyncAt|warnings)"
)
UNTOUCHED = ("/auth", "/connect_token", "/webhooks", "/consents")


@dataclass(slots=True)
class Lies:
    """What was put where; *told* has each field with the number of its payload."""

    simulator: str
    told: set[tuple[str, int]] = field(default_factory=set)
    _payloads: Iterator[tuple[int, str]] = field(default_factory=endless)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in ("host", "content-length", "connection", "accept-encoding")
        }
        async with httpx2.AsyncClient(base_url=self.simulator, timeout=60) as http:
            answer = await http.request(
                request.method, request.url.path, params=list(request.query_params.multi_items()),
                content=await request.body(), headers=headers,
            )  # fmt: skip
        body = answer.content
        if answer.is_success and body and not request.url.path.startswith(UNTOUCHED):
            body = msgspec.json.encode(self._lie("", msgspec.json.decode(body)))
        told = {
            name: value
            for name, value in answer.headers.items()
            if name not in ("content-length", "content-encoding", "transfer-encoding", "connection")
        }
        await Response(body, answer.status_code, told)(scope, receive, send)

    def _lie(self, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._lie(key, part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._lie(name, part) for part in value]
        if not isinstance(value, str) or KEPT.fullmatch(name):
            return value
        number, payload = next(self._payloads)
        self.told.add((name, number))
        return payload


@asynccontextmanager
async def lying(simulator: str) -> AsyncIterator[tuple[Lies, str]]:
    """Serve it on a port of its own; gives it and its address."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        lies = Lies(simulator)
        async with serving(lies, listener):
            yield lies, f"http://127.0.0.1:{listener.getsockname()[1]}"
