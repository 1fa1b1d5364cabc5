"""What every request passes, whatever it asks for: an id, our own host, headers, a last net."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.telemetry import frames, log
from tomada.web.addresses import Network, client_address
from tomada.web.errors import INTERNAL_PROBLEM, Problem
from tomada.web.origins import Origins

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; object-src 'none';"
        " form-action 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
        " magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}
"""Set where the answer does not set its own."""
_CLOSE = {"Connection": "close"}
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_METHOD = Problem(
    405,
    "method_not_allowed",
    "this method is served nowhere",
    {"Allow": ", ".join(sorted(METHODS))},
)
_HSTS = "max-age=31536000; includeSubDomains"
_GONE = 499
"""What is noted of a request whose client did not wait for its answer."""
_UNTOLD = ("/static/", "/healthz")
_STARTS = ("http.response.start", "websocket.http.response.start")


@dataclass(frozen=True, slots=True)
class Edge:
    """The outermost layer.

    It gives each request an id (``X-Request-Id`` out; one that comes in is not taken over), finds
    the client's address, refuses hosts that are not ours, puts the security headers on every
    answer, errors included, and turns what nobody caught into an answer that tells nothing.
    """

    app: ASGIApp
    origins: Origins
    trusted_proxies: Sequence[Network]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or stream."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["request_id"] = uuid4().hex
        state["address"] = self._address(scope)
        started, status, loop = False, _GONE, asyncio.get_running_loop()
        began = loop.time()

        async def send_with_headers(message: Message) -> None:
            nonlocal started, status
            if message["type"] in (*_STARTS, "websocket.accept"):
                started, status = True, message.get("status", HTTPStatus.SWITCHING_PROTOCOLS)
                self._add_headers(message, state["request_id"])
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=state["request_id"]):
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal.response(scope)(scope, receive, send_with_headers)
                return
            try:
                await self.app(scope, receive, send_with_headers)
            except Exception as error:  # noqa: BLE001  (the last net; nothing is hidden, it is logged)
                # Not the message, nor a traceback with its values: they may hold what was sent.
                log.error("request_failed", error=type(error).__name__, at=frames(error))
                if not started:
                    response = INTERNAL_PROBLEM.response(scope)
                    await response(scope, receive, send_with_headers)
            finally:
                _note(scope, status, round(loop.time() - began, 3))

    def _refusal(self, scope: Scope) -> Problem | None:
        hosts = _header(scope, b"host")
        # Before 1.0 a request had no headers; the parser takes one with them all the same.
        if len(hosts) != 1 or scope.get("http_version") == "0.9":
            return Problem(400, "bad_request", "a request is HTTP/1.1 and names one host", _CLOSE)
        if not self.origins.own_host(hosts[0]):
            return Problem(421, "misdirected_request", "this host is not served here", _CLOSE)
        # TRACE would read back what a page may not see; others are nobody's business here.
        return _METHOD if scope.get("method", "GET") not in METHODS else None

    def _address(self, scope: Scope) -> str:
        peer = scope.get("client")
        return client_address(
            peer[0] if peer else None,
            _header(scope, b"x-forwarded-for"),
            trusted=self.trusted_proxies,
        )

    def _add_headers(self, message: Message, request_id: str) -> None:
        headers = MutableHeaders(scope=message)
        headers["x-request-id"] = request_id
        if message["type"] not in _STARTS:
            return
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self.origins.secure:
            headers.setdefault("strict-transport-security", _HSTS)
        del headers["server"]


def _note(scope: Scope, status: int, seconds: object) -> None:
    """Say what was asked for by its route; an address holds ids, and what people search for."""
    path = scope["path"]
    if path.startswith(_UNTOLD):
        return
    log.info(
        "request",
        method=scope.get("method", "WS"),
        route=getattr(scope.get("route"), "path", "none"),
        status=status,
        seconds=seconds,
    )


def _header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
