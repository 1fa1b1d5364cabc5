"""Say which pages in a browser may ask what.

The API is open to every origin, as at the provider, and wants a key. The control API wants none,
so a site that is open in a developer's browser must not reach it: it takes programs, its own page,
and nobody else's. Logos are pictures for everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from tomada.simulator.encoding import json_answer

# Nobody can register these, so no stranger's name server can lead a browser here with them.
_RESERVED = ("localhost", "internal", "test")
_SAFE = frozenset({"GET", "HEAD"})


class OriginsMiddleware:
    """Let every origin call the API, and only the simulator's own pages its own verbs."""

    def __init__(self, app: ASGIApp, *, origin: str | None) -> None:
        self._closed = app
        self._open = CORSMiddleware(
            app, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]
        )
        self._door = Door(urlsplit(origin or "").hostname)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or refuse it before anything has happened."""
        if scope["type"] != "http" or not _is_own(scope["path"]):
            await self._open(scope, receive, send)
            return
        reason = self._door.refusal(scope["method"], scope["scheme"], Headers(scope=scope))
        if reason is None:
            await self._closed(scope, receive, send)
            return
        body = {"code": 403, "codeDescription": "FOREIGN_ORIGIN", "message": reason}
        await json_answer(body, status=403)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Door:
    """The way in to what needs no key; *name* is one it may be called by beside numbers."""

    name: str | None

    def refusal(self, method: str, scheme: str, headers: Mapping[str, str]) -> str | None:
        """Say why a request may not come in; None if it may."""
        host = headers.get("host", "")
        if not self._is_ours(host):
            # A name that a stranger's name server points at this machine makes their page look
            # like ours to the browser; only the name itself gives it away.
            return f"The simulator does not answer as {host!r}; start it with --origin"
        site = headers.get("sec-fetch-site")
        if site is None:
            # A program, or a browser that speaks plain HTTP to another machine.
            origin = headers.get("origin")
            return None if origin in {None, f"{scheme}://{host}"} else _foreign(str(origin))
        # Somebody followed a link to a page: they see it, the page that had the link does not.
        followed = headers.get("sec-fetch-mode") == "navigate" and method in _SAFE
        alone = headers.get("sec-fetch-dest") == "document"
        passes = site in {"same-origin", "none"} or (followed and alone)
        return None if passes else _foreign(headers.get("origin", "another site"))

    def _is_ours(self, host: str) -> bool:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        try:
            ip_address(name)
        except ValueError:
            known = name == self.name or name.rpartition(".")[2] in _RESERVED
            return known or (name != "" and "." not in name)
        return True


def _foreign(origin: str) -> str:
    return f"Pages of {origin} may not drive the simulator; only its own page and programs may"


def _is_own(path: str) -> bool:
    picture = path.startswith("/_simulator/logo/")
    return path.startswith(("/_simulator", "/_bank", "/_pay")) and not picture
