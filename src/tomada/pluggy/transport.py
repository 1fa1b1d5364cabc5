"""One HTTP exchange with the configured origin, and with no other.

Redirects are not followed, so the API key cannot be carried elsewhere. The deadline covers the
whole exchange, so a server that drips single bytes cannot hold a caller.
"""

import asyncio
import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from yarl import URL

from tomada.pluggy.bodies import MAX_BODY, take_in
from tomada.pluggy.errors import ContractError, TransportError
from tomada.pluggy.pool import Pool

_PATH = re.compile(r"/[^\s?#\\]*")
# Failures before the first byte of the request was sent.
_NEVER_SENT = (
    aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError,
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
    body: bytearray
    seconds: float


class Sender(Protocol):
    """What carries requests; tests have another one than the network."""

    async def send(self, request: Request, *, api_key: str | None) -> Answer:
        """Do one exchange; raise ``TransportError`` where there is no whole answer."""
        ...

    async def close(self) -> None:
        """Give up what is open; safe to repeat."""
        ...


@dataclass(frozen=True, slots=True)
class Transport:
    """The connection pool, bound to one origin."""

    pool: Pool
    origin: str
    timeout: float
    max_body: int = MAX_BODY

    async def send(self, request: Request, *, api_key: str | None) -> Answer:
        """Do one exchange; raise TransportError, or ContractError for a body over the cap."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self.timeout):
                status, headers, body = await self._exchange(request, api_key)
        except _NEVER_SENT as error:
            raise self._failed(request, type(error).__name__, effect="none") from error
        except TimeoutError:
            raise self._failed(request, "no answer in time", effect="unknown") from None
        except aiohttp.ClientError as error:
            raise self._failed(request, type(error).__name__, effect="unknown") from error
        except ContractError as error:
            raise ContractError(
                error.what, malformed=error.malformed, method=request.method, route=request.route
            ) from None
        return Answer(status, headers, body, time.monotonic() - began)

    async def close(self) -> None:
        """Close the connections."""
        await self.pool.close()

    async def _exchange(
        self, request: Request, api_key: str | None
    ) -> tuple[int, Mapping[str, str], bytearray]:
        headers: dict[str, str] = {}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if api_key is not None:
            headers["X-API-KEY"] = api_key
        async with self.pool.session().request(
            request.method,
            self._address(request),
            data=request.body,
            headers=headers,
            allow_redirects=False,
        ) as response:
            body = await take_in(
                # Not by `iter_chunks`, which never ends at the second empty body.
                response.content.iter_any(),
                encoding=response.headers.get("Content-Encoding", ""),
                cap=self.max_body,
            )
        return response.status, response.headers, body

    def _address(self, request: Request) -> URL:
        """Join origin, path and query; a path that could name another place is a mistake."""
        path = request.path
        segments = path.split("/")
        if not _PATH.fullmatch(path) or path.startswith("//") or {".", ".."} & set(segments):
            raise ValueError("a path starts with one slash and has no host, query or dot segment")
        query = urlencode(request.params, quote_via=quote)
        return URL(f"{self.origin}{path}?{query}" if query else self.origin + path, encoded=True)

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
