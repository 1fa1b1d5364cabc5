"""Serve the application on a socket: plainly, or over TLS with a word in each handshake."""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp

from tomada.simulator.faults import FaultBox
from tomada.simulator.tls import Certificates

_GRACE_SECONDS = 1
_HELLO_BYTES = 4096
# Closing with this option sends a reset instead of a farewell.
_ABRUPT = struct.pack("ii", 1, 0)


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Answer plain HTTP until the block is left."""
    async with _running(_server(app), [listener]):
        yield


@asynccontextmanager
async def serving_tls(
    app: ASGIApp, listener: socket.socket, known: Certificates, *, faults: FaultBox
) -> AsyncIterator[None]:
    """Answer HTTP over TLS until the block is left; *faults* may spoil any handshake."""
    server = _server(app)
    listener.settimeout(0)
    async with _running(server, []):
        door = _Door(listener, server, known, faults)
        accepting = asyncio.get_running_loop().create_task(door.accept())
        try:
            yield
        finally:
            accepting.cancel()
            await asyncio.gather(accepting, *door.close(), return_exceptions=True)


@dataclass(frozen=True, slots=True, repr=False)
class _Door:
    """Take connections one by one, since each may be shown another certificate."""

    listener: socket.socket
    server: uvicorn.Server
    certificates: Certificates
    faults: FaultBox
    greetings: set[asyncio.Task[None]] = field(default_factory=set)

    async def accept(self) -> None:
        """Take connections until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self.listener)
            greeting = loop.create_task(self._greet(connection))
            self.greetings.add(greeting)
            greeting.add_done_callback(self.greetings.discard)

    def close(self) -> list[asyncio.Task[None]]:
        """End the handshakes under way."""
        for greeting in self.greetings:
            greeting.cancel()
        return list(self.greetings)

    async def _greet(self, connection: socket.socket) -> None:
        fault = self.faults.take_handshake()
        context = self.certificates.usual
        if fault is not None:
            if fault.effect in {"tls_reset", "tls_silent"}:
                await _turn_away(connection, silent=fault.effect == "tls_silent")
                return
            context = self.certificates.spoiled[fault.effect]
        # A client that does not like what it sees goes away; that is its answer.
        with contextlib.suppress(OSError):
            await self._hand_over(connection, context)

    async def _hand_over(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        def protocol() -> asyncio.Protocol:
            return self.server.config.http_protocol_class(  # type: ignore[call-arg]
                config=self.server.config,
                server_state=self.server.server_state,
                app_state=self.server.lifespan.state,
            )

        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(protocol, connection, ssl=context)


async def _turn_away(connection: socket.socket, *, silent: bool) -> None:
    """Hear the client's first words and break off; or say nothing until it goes."""
    loop = asyncio.get_running_loop()
    with contextlib.closing(connection):
        with contextlib.suppress(OSError):
            while await loop.sock_recv(connection, _HELLO_BYTES) and silent:
                pass
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPT)


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def _server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            ws="none",
            lifespan="off",
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


@asynccontextmanager
async def _running(server: _Server, listeners: list[socket.socket]) -> AsyncIterator[None]:
    task = asyncio.get_running_loop().create_task(server.serve(sockets=listeners))
    try:
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the simulator did not start")
            await asyncio.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        await task
