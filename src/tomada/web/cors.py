"""Pages of other products: which may call the API from a browser, and what they may send.

Off unless the settings name origins. An origin is compared to the letter and answered with itself
or with nothing. Cookies are never asked for: such a page proves who it is by a token of its own.
"""

from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.web.errors import Problem
from tomada.web.limits import is_webhook
from tomada.web.origins import Origins, single_header

_PREFIX = "/api/"
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_HEADERS = "Authorization, Content-Type"
_TOLD = "Location, Retry-After, X-Request-Id"
_KEPT_SECONDS = "600"
_REFUSED = Problem(403, "origin_not_allowed", "pages of this origin may not call the API")


@dataclass(frozen=True, slots=True)
class Cors:
    """Answers a browser's question before a request, and says on each answer who may read it."""

    app: ASGIApp
    origins: Origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; streams check their origin themselves."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(_PREFIX) or is_webhook(path):
            await self.app(scope, receive, send)
            return
        origin = single_header(scope, b"origin")
        allowed = origin if self.origins.of_a_product(origin) else None

        async def send_with_origin(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), allowed)
            await send(message)

        if scope["method"] == "OPTIONS" and single_header(scope, b"access-control-request-method"):
            answer = _REFUSED.response(scope) if allowed is None else _preflight()
            await answer(scope, receive, send_with_origin)
            return
        await self.app(scope, receive, send_with_origin)

    def _add(self, headers: MutableHeaders, allowed: str | None) -> None:
        if self.origins.products:
            headers.add_vary_header("Origin")
        if allowed is not None:
            headers["Access-Control-Allow-Origin"] = allowed
            headers["Access-Control-Expose-Headers"] = _TOLD


def _preflight() -> Response:
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Max-Age": _KEPT_SECONDS,
        },
    )
