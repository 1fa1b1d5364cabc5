"""Serve the Connect page at the root of the simulator's origin."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

# Whoever develops against the simulator may frame the page, so there is no frame-ancestors.
# Logos come from the simulator by whichever loopback name it was called.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: http://localhost:* http://127.0.0.1:*; "
    "base-uri 'none'; form-action 'none'"
)
_ASSETS = {
    "widget.js": "text/javascript; charset=utf-8",
    "widget.css": "text/css; charset=utf-8",
    "pluggy-connect.LICENSES.txt": "text/plain; charset=utf-8",
}


def widget_routes() -> list[BaseRoute]:
    """Give the routes of the page: `/` itself, and its files under `/_connect/`."""
    return [
        Route("/", _page, methods=["GET"], include_in_schema=False),
        Route("/_connect/{name}", _asset, methods=["GET"], include_in_schema=False),
    ]


async def _page(_request: Request) -> Response:
    return _file("index.html", "text/html; charset=utf-8", policy=_POLICY)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    media_type = _ASSETS.get(name)
    if media_type is None:
        return Response(status_code=404)
    return _file(name, media_type)


def _file(name: str, media_type: str, *, policy: str | None = None) -> Response:
    # The files are small and the reader is on this machine; read each time, they are always fresh.
    content = (files("tomada.simulator.widget") / "static" / name).read_bytes()
    response = Response(content, media_type=media_type)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if policy is not None:
        response.headers["Content-Security-Policy"] = policy
    return response
