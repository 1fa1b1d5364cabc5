"""Somebody else's machine that keeps what it is sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Listener:
    """What came in, and what it answers."""

    url: str = ""
    status: int = 200
    bodies: list[bytes] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response(status=self.status)


@asynccontextmanager
async def listener() -> AsyncIterator[Listener]:
    """Listen on a port of this machine."""
    kept = Listener()
    app = web.Application()
    app.router.add_post("/anchor", kept.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    kept.url = f"http://127.0.0.1:{runner.addresses[0][1]}/anchor"
    try:
        yield kept
    finally:
        await runner.cleanup()
