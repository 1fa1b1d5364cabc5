"""The monitor's listener: ``/metrics``, ``/healthz`` and ``/readyz``, apart from the people's.

Every process has one, workers too. It tells what the operator may know and nobody else, so it
listens on loopback unless told otherwise.
"""

import ipaddress
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.bootstrap import App
from tomada.metrics import LAST_SCRAPE, SCRAPES
from tomada.web.answers import Answer
from tomada.web.errors import Problem
from tomada.web.middleware import HEADERS
from tomada.web.ops import Readiness
from tomada.web.origins import single_header

OURSELVES = "tomada-doctor"
"""How our own commands name themselves, whose looking does not count as a monitor's."""
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


def monitoring_of(app: App) -> Starlette:
    """Make the listener's application."""
    readiness = Readiness(app.pings)

    async def metrics(request: Request) -> Response:
        figures = await app.figures.gather(await readiness.check())
        # Noted after writing, so that what is read is when somebody came before.
        if request.headers.get("user-agent") != OURSELVES:
            app.metrics.count(SCRAPES)
            app.metrics.set(LAST_SCRAPE, app.clock().timestamp())
        return Response(figures, media_type=_TEXT)

    async def alive(_: Request) -> Response:
        return Answer({"alive": True})

    async def ready(_: Request) -> Response:
        components = await readiness.check()
        told = {"ready": all(components.values()), "components": components}
        return Answer(told, 200 if told["ready"] else 503)

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route("/healthz", alive),
            Route("/readyz", ready),
        ],
        middleware=[Middleware(_Inward, by_name=not _is_loopback(app.settings.metrics_host))],
    )


@dataclass(frozen=True, slots=True)
class _Inward:
    """Puts the headers of all our answers on these, and keeps a browser's pages out.

    On loopback it answers under an address or as ``localhost``: a page whose own name leads here
    (DNS rebinding) has another one. Elsewhere machines call it by names that only they know.
    """

    app: ASGIApp
    by_name: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http" and not (self.by_name or _is_local(scope)):
            refusal = Problem(421, "misdirected_request", "this host is not served here")
            await refusal.response(scope)(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)


def _is_local(scope: Scope) -> bool:
    host = single_header(scope, b"host") or ""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.lower() == "localhost" or _is_address(name.strip("[]"))


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
