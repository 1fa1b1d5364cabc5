"""In which order work is refused when there is too much of it."""

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from tomada.web.limits import SYNC_PATH, WEBHOOK_PATH
from tomada.web.shedding import MOST, MOST_WAITING, Shedding, kind_of

PATHS = {
    "export": "/api/open-finance/export",
    "page": "/",
    "sync": SYNC_PATH,
    "read": "/api/open-finance/transactions",
    None: WEBHOOK_PATH,
}


class Slow:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await self.gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})


class Crowd:
    def __init__(self) -> None:
        self.slow = Slow()
        self.shedding = Shedding(self.slow)
        self.tasks: list[asyncio.Task[int]] = []

    async def one(self, path: str) -> int:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "headers": []}
        await self.shedding(scope, receive, send)
        return int(sent[0]["status"])

    async def come(self, path: str, *, times: int) -> None:
        self.tasks += [asyncio.create_task(self.one(path)) for _ in range(times)]
        await asyncio.sleep(0)

    async def let_in(self) -> set[str | None]:
        """Tell which kinds would still get an answer."""
        found = set()
        for kind, path in PATHS.items():
            knock = asyncio.create_task(self.one(path))
            await asyncio.sleep(0)
            if not knock.done():
                found.add(kind)
                knock.cancel()
            elif knock.result() != 503:
                found.add(kind)
            await asyncio.gather(knock, return_exceptions=True)
        return found

    async def go(self) -> set[int]:
        self.slow.gate.set()
        return set(await asyncio.gather(*self.tasks))


async def test_what_is_least_urgent_is_refused_first_and_a_delivery_never() -> None:
    crowd = Crowd()
    order = []
    for _ in range(max(MOST.values()) + 10):
        order.append(await crowd.let_in())
        await crowd.come(PATHS["read"], times=1)

    everything = set(PATHS)
    assert order[0] == everything
    assert order[MOST["export"]] == everything - {"export"}
    assert order[MOST["page"]] == everything - {"export", "page"}
    assert order[MOST["sync"]] == {"read", None}
    assert order[MOST["read"]] == order[-1] == {None}
    assert await crowd.go() == {200, 503}
    assert (crowd.shedding.load.answering, crowd.shedding.load.waiting) == (0, 0)


async def test_who_waits_for_a_sync_stands_in_nobodys_way() -> None:
    crowd = Crowd()

    await crowd.come(SYNC_PATH, times=MOST_WAITING)

    assert await crowd.let_in() == set(PATHS) - {"sync"}
    assert await crowd.go() == {200}


@pytest.mark.parametrize(
    "path", ["/static/x/shell.css", "/healthz", "/readyz", f"{WEBHOOK_PATH}/some"]
)
def test_what_a_page_needs_to_say_so_is_never_refused(path: str) -> None:
    assert kind_of("GET", path) is None
