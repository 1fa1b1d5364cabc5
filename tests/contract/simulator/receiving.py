"""A real HTTP receiver of webhooks on the loopback interface."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.contract.simulator.driver import until


@dataclass(slots=True)
class Receiver:
    """An HTTP server that takes events in; *script* gives the statuses to answer, then 200."""

    url: str = ""
    script: list[int] = field(default_factory=list)
    pause: float = 0.0
    taken: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    # The same bodies, byte for byte.
    raw: list[bytes] = field(default_factory=list)

    def events(self, name: str) -> list[Any]:
        """List the bodies of one event."""
        return [body for _, body in self.taken if body["event"] == name]

    async def has(self, name: str, *, count: int = 1) -> list[Any]:
        """Wait until an event has come *count* times."""

        async def look() -> Any:
            found = self.events(name)
            return found if len(found) >= count else None

        found: list[Any] = await until(look)
        return found


@asynccontextmanager
async def receiving(*script: int, pause: float = 0.0) -> AsyncIterator[Receiver]:
    """Take in events; answer the statuses of *script* first, each after *pause* seconds."""
    receiver = Receiver(script=list(script), pause=pause)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _one(receiver, reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()


async def _one(
    receiver: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")[1:-2]
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers["content-length"]))
    receiver.taken.append((headers, json.loads(body)))
    receiver.raw.append(body)
    status = receiver.script.pop(0) if receiver.script else 200
    await asyncio.sleep(receiver.pause)
    writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
    await writer.drain()
    return True
