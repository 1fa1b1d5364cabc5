"""Serve the stand-in for the CDN's script, under the CDN's path and any version of it."""

import re
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

# `latest`, or a version with or without its parts: v2, v2.9, v2.9.2. One script serves them all.
_VERSION = re.compile(r"latest|v\d+(?:\.\d+){0,2}")
_FILES = {
    "pluggy-connect.js": "text/javascript; charset=utf-8",
    "pluggy-connect.LICENSES.txt": "text/plain; charset=utf-8",
}


def standin_routes() -> list[BaseRoute]:
    """Give the route of the script and of the licence texts it points to."""
    path = "/pluggy-connect/{version}/{name}"
    return [Route(path, _script, methods=["GET"], include_in_schema=False)]


async def _script(request: Request) -> Response:
    name = request.path_params["name"]
    media_type = _FILES.get(name)
    if media_type is None or _VERSION.fullmatch(request.path_params["version"]) is None:
        return Response(status_code=404)
    content = (files("tomada.simulator.standin") / "static" / name).read_bytes()
    response = Response(content, media_type=media_type)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # A page under a strict embedder policy may load it from its own origin.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
