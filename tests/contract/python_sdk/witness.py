"""Watch what an application answers and hold each success against the published document."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import socket
from typing import Any

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.contract.simulator.contract import Contract
from tests.contract.simulator_payments.schemas import written_out
from tomada.simulator.serving import serving

_GOOD = 300


@dataclass(slots=True)
class Witness:
    """An application in front of another one that remembers every successful answer."""

    app: ASGIApp
    url: str = ""
    answers: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts: list[bytes] = []
        status = 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                parts.append(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, seen)
        if status < _GOOD:
            self.answers.append((scope["method"], scope["path"], b"".join(parts)))

    def told(self) -> tuple[set[str], list[str]]:
        """Give the operations that were answered, and what is wrong with any of the answers."""
        contract = written_out()
        patterns = [
            (verb.upper(), path, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)))
            # Paths with fixed parts come first: /payments/requests/pix-qr is no request's id.
            for path in sorted(contract.paths, key=lambda path: path.count("{"))
            for verb in contract.paths[path]
        ]
        operations, wrong = set(), []
        for method, path, body in self.answers:
            for verb, route, pattern in patterns:
                if verb == method and pattern.fullmatch(path):
                    operations.add(f"{verb} {route}")
                    wrong += [
                        f"{verb} {route} {one}" for one in _wrong(contract, verb, route, body)
                    ]
                    break
        return operations, sorted(set(wrong))


def _wrong(contract: Contract, verb: str, route: str, body: bytes) -> list[str]:
    responses: dict[str, Any] = contract.paths[route][verb.lower()]["responses"]
    schema = next(value for status, value in responses.items() if status.startswith("2"))
    # Nothing is promised where the document has 204.
    return list(contract.violations(msgspec.json.decode(body), schema, "answer")) if schema else []


@asynccontextmanager
async def witnessed(app: ASGIApp) -> AsyncIterator[Witness]:
    """Serve *app* behind a witness, on a port of its own, until the block is left."""
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        witness = Witness(app, f"http://127.0.0.1:{listener.getsockname()[1]}")
        async with serving(witness, listener):
            yield witness
