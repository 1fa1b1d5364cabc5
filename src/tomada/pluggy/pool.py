"""The connections to Pluggy: made when the first request needs one, kept open, few.

aiohttp reads an answer with a parser in C; ADR 11 has the measurement. What it would do by itself
and we do not want is switched off here: cookies, the passwords of ``.netrc``, and unpacking, which
has a cap of ours.
"""

import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp

_CONNECT_TIMEOUT = 10.0
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "tomada-pluggy",
}


@dataclass(slots=True, kw_only=True)
class Pool:
    """At most *size* connections of one event loop; connecting takes at most ten seconds."""

    size: int
    timeout: float
    tls: ssl.SSLContext | None
    proxy: str | None
    closed: bool = False
    _session: aiohttp.ClientSession | None = field(default=None, repr=False)

    def session(self) -> aiohttp.ClientSession:
        """Give the connections, which belong to the event loop of the first request."""
        if self.closed:
            raise RuntimeError("the client has been closed")
        if self._session is None:
            connect = min(_CONNECT_TIMEOUT, self.timeout)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.size, ssl=self.tls or True),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                proxy=self.proxy,
                headers=_HEADERS,
            )
        return self._session

    async def close(self) -> None:
        """Close the connections, those in use too; safe to repeat."""
        self.closed = True
        if self._session is not None:
            await self._session.close()


def environment_proxy(origin: str) -> str | None:
    """Find the proxy that the environment names for *origin*."""
    parts = urlsplit(origin)
    if proxy_bypass(parts.netloc):
        return None
    found = getproxies()
    named = found.get(parts.scheme) or found.get("all")
    return named if named is None or "://" in named else f"http://{named}"
