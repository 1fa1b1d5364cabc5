"""Counts what was answered and how long it took, by the route's template and never by its address."""

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.metrics import REQUEST_SECONDS, REQUESTS, SIGN_INS, WEBHOOK_SECONDS, Metrics
from tomada.web.limits import is_webhook

SIGN_IN_PATH = "/api/session"
_SIGN_INS = {401: "wrong", 429: "limited"}
_NO_ROUTE = "none"
_ANSWERED = 300
_GONE = 499
"""What is counted for a request whose client did not wait for its answer."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The outermost layer of all, so that refusals of every other one are counted as well."""

    app: ASGIApp
    metrics: Metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; streams pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = _GONE

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await self.app(scope, receive, send_noting_status)
        finally:
            self._note(scope, status, loop.time() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        path = scope["path"]
        route = getattr(scope.get("route"), "path", _NO_ROUTE)
        self.metrics.count(REQUESTS, route=route, status=f"{status // 100}xx")
        self.metrics.observe(REQUEST_SECONDS, seconds, area=_area(path))
        if is_webhook(path):
            self.metrics.observe(WEBHOOK_SECONDS, seconds)
        elif path == SIGN_IN_PATH and scope["method"] == "POST":
            outcome = "done" if status < _ANSWERED else _SIGN_INS.get(status)
            if outcome is not None:
                self.metrics.count(SIGN_INS, outcome=outcome)


def _area(path: str) -> str:
    if is_webhook(path):
        return "webhook"
    for prefix, area in (("/api/", "api"), ("/static/", "static")):
        if path.startswith(prefix):
            return area
    return "health" if path in ("/healthz", "/readyz") else "dashboard"
