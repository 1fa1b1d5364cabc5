"""The routes of the control page: the page, its files, its view of the world, its verbs."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from tomada.simulator.api.call import Gate
from tomada.simulator.panel.openapi import description
from tomada.simulator.panel.overview import Overview
from tomada.simulator.panel.verbs import Verbs

# Nothing inline, nothing from elsewhere, and nobody may frame a page that moves the world.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}


def panel_routes(gate: Gate) -> list[BaseRoute]:
    """List the routes."""
    return [
        Route("/_simulator", _lead_in, methods=["GET"], include_in_schema=False),
        Route("/_simulator/", _page, methods=["GET"], include_in_schema=False),
        Route("/_simulator/panel/{name}", _asset, methods=["GET"], include_in_schema=False),
        Route("/_simulator/openapi.json", gate.open(description), methods=["GET"]),
        *Overview(gate.world).routes(gate),
        *Verbs(gate.world).routes(gate),
    ]


async def _lead_in(_request: Request) -> Response:
    return RedirectResponse("/_simulator/", status_code=308)


async def _page(_request: Request) -> Response:
    response = _file("index.html", "text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "DENY"
    return response


async def _asset(request: Request) -> Response:
    name: str = request.path_params["name"]
    media_type = _TYPES.get(name.rpartition(".")[2])
    known = {one.name for one in (files("tomada.simulator.panel") / "static").iterdir()}
    if media_type is None or name not in known:
        return Response(status_code=404)
    return _file(name, media_type)


def _file(name: str, media_type: str) -> Response:
    # Small files for a reader on this machine; read each time, they are always fresh.
    content = (files("tomada.simulator.panel") / "static" / name).read_bytes()
    response = Response(content, media_type=media_type)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
