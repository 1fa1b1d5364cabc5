"""The monitor's listener: ``/metrics``, ``/healthz`` and ``/readyz``, apart from the people's.

Every process has one, workers too. It tells what the operator may know and nobody else, so it
listens on loopback unless told otherwise.
"""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tomada.bootstrap import App
from tomada.metrics import LAST_SCRAPE, SCRAPES
from tomada.web.answers import Answer
from tomada.web.ops import Readiness

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
        ]
    )
