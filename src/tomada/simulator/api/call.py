"""One API call: who asks, what is asked, and the gate every handler stands behind.

A handler is a plain function from a `Call` to the content of a 200 answer; it refuses by raising
`ApiError`. The gate reads the body, checks the key and counts the request.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tomada.simulator.encoding import json_answer
from tomada.simulator.limits import Pressure
from tomada.simulator.refusals import ApiError, forbidden, invalid, no_key, not_found
from tomada.simulator.tokens import Claims
from tomada.simulator.world import World

Endpoint = Callable[[Request], Awaitable[Response]]
_BODY_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """What a handler is told."""

    request: Request
    claims: Claims | None
    body: Any

    @property
    def origin(self) -> str:
        """The address under which the simulator was called."""
        return f"{self.request.url.scheme}://{self.request.url.netloc}"

    @property
    def by_widget(self) -> bool:
        """Say whether a connect token asks."""
        return self.claims is not None and self.claims.kind == "connect"

    def query(self, name: str) -> str | None:
        """Give a query value; an empty one counts as not given."""
        return self.request.query_params.get(name) or None

    def id_in_path(self, kind: str) -> str:
        """Give the id in the path; what is no UUID names nothing."""
        value: str = self.request.path_params["id"]
        if not is_uuid(value):
            raise not_found(kind)
        return value

    def uuid(self, name: str) -> str:
        """Give a required id of the query."""
        value = self.query(name)
        if value is None:
            raise invalid([f"{name} should not be null or undefined", f"{name} must be a UUID"])
        if not is_uuid(value):
            raise invalid(f"{name} must be a UUID")
        return value

    def fields(self) -> Mapping[str, Any]:
        """Give the body as an object; no body is an empty one."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid("body must be an object")
        return self.body


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True, repr=False)
class Gate:
    """The way in to one world."""

    world: World

    def open(self, handler: Handler) -> Endpoint:
        """Let anybody in."""
        return self._endpoint(handler, kinds=None)

    def key(self, handler: Handler) -> Endpoint:
        """Let API keys in."""
        return self._endpoint(handler, kinds=("api",))

    def either(self, handler: Handler) -> Endpoint:
        """Let API keys and connect tokens in."""
        return self._endpoint(handler, kinds=("api", "connect"))

    def _endpoint(self, handler: Handler, *, kinds: tuple[str, ...] | None) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            self.world.limits.count(
                method=request.method,
                path=request.url.path,
                address=request.client.host if request.client else "",
                pressure=request.scope.get("pressure", Pressure()),
            )
            claims = None if kinds is None else self._claims(request, kinds)
            call = Call(request, claims, await _body(request))
            clock = self.world.clock
            if clock.still:
                await clock.settle()
            content = handler(call)
            answer = content if isinstance(content, Response) else json_answer(content)
            if clock.still:
                # The call and all it brings about at this instant are one, whoever is quicker.
                await clock.settle()
            return answer

        return endpoint

    def _claims(self, request: Request, kinds: tuple[str, ...]) -> Claims:
        claims = self.world.tokens.read(request.headers.get("x-api-key", ""))
        if claims is None:
            raise no_key()
        if claims.kind not in kinds:
            raise forbidden()
        return claims


def refusal(_request: Request, error: Exception) -> Response:
    """Answer an `ApiError`."""
    if not isinstance(error, ApiError):
        raise error
    return json_answer(error.body(), status=error.status, headers=error.headers)


def is_uuid(value: str) -> bool:
    """Say whether *value* is a UUID as the API writes them."""
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


async def _body(request: Request) -> Any:
    if request.method in {"GET", "HEAD"}:
        return None
    raw = b""
    async for part in request.stream():
        raw += part
        if len(raw) > _BODY_LIMIT:
            raise ApiError(413, "request entity too large")
    if not raw.strip():
        return None
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError as failure:
        raise invalid(f"Invalid JSON: {failure}") from failure
