"""What is refused first when there is too much: exports, pages, syncs, reads; deliveries never.

The measure is the number of requests that this process is answering at once. A person who waits
for a sync costs next to nothing and is counted apart.
"""

from dataclasses import dataclass, field
from typing import Literal

from starlette.types import ASGIApp, Receive, Scope, Send

from tomada.web.errors import Problem
from tomada.web.limits import REPORTS_PATH, SYNC_PATH, is_webhook

Kind = Literal["export", "page", "sync", "read"]

MOST: dict[Kind, int] = {"export": 32, "page": 64, "sync": 96, "read": 128}
"""How many requests may be answered at once for one more of this kind to be let in."""
MOST_WAITING = 500
_NEVER = ("/static/", "/healthz", "/readyz", REPORTS_PATH)
_BUSY = Problem(
    503, "overloaded", "there is too much to do just now; trying again soon is right",
    {"Retry-After": "5"},
)  # fmt: skip


@dataclass(slots=True)
class Load:
    """What this process is doing."""

    answering: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Shedding:
    """Refuses what is least urgent while there is too much."""

    app: ASGIApp
    load: Load = field(default_factory=Load)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say that it must come later."""
        kind = kind_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if kind is None:
            await self.app(scope, receive, send)
            return
        if self.load.answering >= MOST[kind] or (
            kind == "sync" and self.load.waiting >= MOST_WAITING
        ):
            await _BUSY.response(scope)(scope, receive, send)
            return
        waits = kind == "sync"
        self.load.waiting += waits
        self.load.answering += not waits
        try:
            await self.app(scope, receive, send)
        finally:
            self.load.waiting -= waits
            self.load.answering -= not waits


def kind_of(method: str, path: str) -> Kind | None:
    """Sort a request; None for what is never refused."""
    if is_webhook(path) or path.startswith(_NEVER):
        return None
    if not path.startswith("/api/"):
        return "page"
    if "/export" in path:
        return "export"
    if path == SYNC_PATH or (method == "POST" and path.endswith("/refresh")):
        return "sync"
    return "read"
