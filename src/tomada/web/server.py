"""uvicorn with our limits: what reaches the application late, long or never is ended before it.

The application bounds bodies and answers; here are the bounds on what comes before a body and
after an answer: ten seconds and 16 KiB for a request's head, thirty seconds for an idle
connection, thirty for a client that does not read.
"""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tomada.web.errors import MEDIA_TYPE
from tomada.web.limits import HEADER_BYTES, URL_BYTES
from tomada.web.middleware import HEADERS
from tomada.web.push import MESSAGE_BYTES

HEAD_SECONDS = 10
IDLE_SECONDS = 30
STALL_SECONDS = 30
GRACE_SECONDS = 3
_HEAD_BYTES = HEADER_BYTES + URL_BYTES


class HeadDeadlineProtocol(HttpToolsProtocol):
    """Closes a connection whose request head is late or long.

    uvicorn has a limit for neither.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_open = True
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock of the first head."""
        super().connection_made(transport)
        self._start_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes while a head is open."""
        super().data_received(data)
        if not self._head_open:
            return
        self._head_bytes += len(data)
        if self._head_bytes > _HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """Start the clock of a later head."""
        super().on_message_begin()
        if not self._head_open:
            self._start_head()

    def on_headers_complete(self) -> None:
        """Stop the clock: from here on the application has its own."""
        self._stop_head()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the application never sees, with the headers of all other answers."""
        body = msgspec.json.encode({"code": "bad_request", "detail": msg, "error": "Bad Request"})
        headers = {
            **HEADERS,
            "content-type": MEDIA_TYPE,
            "content-length": str(len(body)),
            "connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n".encode() + body)
        self.transport.close()

    def _start_head(self) -> None:
        self._stop_head()
        self._head_open, self._head_bytes = True, 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._head_late)

    def _stop_head(self) -> None:
        self._head_open = False
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _head_late(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class QuietServer(uvicorn.Server):
    """Leaves the process's signals to the program it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def server_for(app: ASGIApp | Callable[..., Any], *, host: str, port: int) -> uvicorn.Server:
    """Make the server; its ``serve(sockets=[listen(host, port)])`` runs it.

    It writes no access log (addresses hold what people search for), names no software, and
    believes no forwarding header: the application does that by its own rule.
    """
    return QuietServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=HeadDeadlineProtocol,
            ws="websockets-sansio",
            ws_max_size=MESSAGE_BYTES,
            ws_per_message_deflate=False,
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket; raises ``OSError`` where the address is taken.

    A peer that acknowledges nothing for thirty seconds is cut off by the kernel where it can
    do that; the connections inherit it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STALL_SECONDS * 1000)
        listening.bind((host, port))
        listening.listen(2048)
        listening.settimeout(0)
    except OSError:
        listening.close()
        raise
    return listening
