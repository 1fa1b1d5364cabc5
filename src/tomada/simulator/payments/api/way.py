"""The way in to the payments side: the gate, whether it is enabled, and its passing time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate, is_uuid
from tomada.simulator.api.paging import page_of
from tomada.simulator.payments.api.shapes import PaymentShapes
from tomada.simulator.payments.side import Payments
from tomada.simulator.refusals import forbidden, no_route, not_found
from tomada.simulator.shapes import Shape


@dataclass(frozen=True, slots=True, repr=False)
class Way:
    """What every handler of the payments side stands behind."""

    gate: Gate

    @property
    def payments(self) -> Payments:
        """The payments side itself."""
        return self.gate.world.payments

    def route(self, method: str, path: str, handler: Callable[[Call], Any]) -> Route:
        """Lead to a handler that API keys may use."""
        return Route(path, self.gate.key(self._guarded(handler)), methods=[method])

    def leftover(self, method: str, path: str, handler: Callable[[Call], Any]) -> Route:
        """Lead to a handler of an operation that only official clients know."""

        def known(call: Call) -> Any:
            if self.payments.desk.settings.leftovers == "gone":
                raise no_route(method, call.request.url.path)
            return handler(call)

        return self.route(method, path, known)

    def control(self, method: str, path: str, handler: Callable[[Call], Any]) -> Route:
        """Lead to a handler of the control API."""
        return Route(f"/_simulator{path}", self.gate.open(self._guarded(handler)), methods=[method])

    def shapes(self, call: Call) -> PaymentShapes:
        """Show things as this caller sees them."""
        return PaymentShapes(self.payments.desk, call.origin)

    def page(self, call: Call, results: list[Shape]) -> Shape:
        """Cut the page asked for."""
        return page_of(results, call, self.gate.world.settings)

    def no_content(self) -> Response:
        """Answer nothing where 204 is documented."""
        return Response(status_code=self.payments.desk.settings.no_content_status)

    def _guarded(self, handler: Callable[[Call], Any]) -> Callable[[Call], Any]:
        def guarded(call: Call) -> Any:
            settings = self.payments.desk.settings
            if not settings.enabled and not call.request.url.path.startswith("/_simulator"):
                raise forbidden()
            self.payments.run_due()
            content = handler(call)
            # The answer shows how things begin; what follows at once follows after it.
            asyncio.get_running_loop().call_soon(self.payments.run_due)
            return content

        return guarded


def other_id(call: Call, name: str, kind: str) -> str:
    """Give the second id in a path; what is no UUID names nothing."""
    value: str = call.request.path_params[name]
    if not is_uuid(value):
        raise not_found(kind)
    return value


def empty() -> Response:
    """Answer 200 without content, as removals of payments do."""
    return Response(status_code=200)
