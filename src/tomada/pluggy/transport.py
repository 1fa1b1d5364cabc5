"""One HTTP exchange with the configured origin, and with no other.

Redirects are not followed, so the API key cannot be carried elsewhere. The deadline covers the
whole exchange, so a server that drips single bytes cannot hold a caller. A body is cut off at a
cap counted after decompression.
"""

import asyncio
import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx2

from tomada.pluggy.errors import ContractError, TransportError

MAX_BODY = 20 * 2**20
_PATH = re.compile(r"/[^\s?#\\]*")
_CONNECT_TIMEOUT = 10.0
# Failures before the first byte of the request was sent.
_NEVER_SENT = (
    httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol,
    httpx2.ProxyError, httpx2.LocalProtocolError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to send; *route* is the path without ids, for names in errors and metrics."""

    method: str
    path: str
    route: str
    params: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Transport:
    """The connection pool, bound to one origin."""

    http: httpx2.AsyncClient
    origin: str
    timeout: float
    max_body: int = MAX_BODY

    async def send(self, request: Request, *, api_key: str | None) -> Answer:
        """Do one exchange; raise TransportError, or ContractError for a body over the cap."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.timeout):
                status, headers, body = await self._exchange(request, api_key)
        except TimeoutError:
            raise self._failed(request, "no answer in time", effect="unknown") from None
        except _NEVER_SENT as error:
            raise self._failed(request, type(error).__name__, effect="none") from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise self._failed(request, type(error).__name__, effect="unknown") from error
        return Answer(status, headers, body, time.monotonic() - began)

    async def _exchange(
        self, request: Request, api_key: str | None
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"Accept": "application/json"}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if api_key is not None:
            headers["X-API-KEY"] = api_key
        body = bytearray()
        async with self.http.stream(
            request.method,
            self._address(request.path),
            params=list(request.params) or None,
            content=request.body,
            headers=headers,
            follow_redirects=False,
        ) as response:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self.max_body:
                    raise ContractError(
                        f"the answer is longer than {self.max_body} bytes",
                        method=request.method,
                        route=request.route,
                    )
        return response.status_code, response.headers, bytes(body)

    def _address(self, path: str) -> str:
        """Join origin and path; a path that could name another place is a caller's mistake."""
        segments = path.split("/")
        if not _PATH.fullmatch(path) or path.startswith("//") or {".", ".."} & set(segments):
            raise ValueError("a path starts with one slash and has no host, query or dot segment")
        return self.origin + path

    @staticmethod
    def _failed(
        request: Request, what: str, *, effect: Literal["none", "unknown"]
    ) -> TransportError:
        return TransportError(what, effect=effect, method=request.method, route=request.route)


def check_origin(base_url: str) -> str:
    """Check *base_url* and take the slashes off its end.

    Plain HTTP is for this machine and private networks: elsewhere it would give the client
    secret away.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("base_url must be an http(s) address")
    if parts.scheme == "http" and not _is_private(parts.hostname):
        raise ValueError("base_url must be https outside of private networks")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url carries neither credentials nor a query")
    return base_url.rstrip("/")


def _is_private(host: str) -> bool:
    """Tell whether *host* is this machine, a private address, or a name of a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".internal", ".local", ".test"))


def connect_timeouts(timeout: float) -> httpx2.Timeout:
    """Give each phase its limit; connecting gets at most ten seconds of it."""
    return httpx2.Timeout(timeout, connect=min(_CONNECT_TIMEOUT, timeout))
