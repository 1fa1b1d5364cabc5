"""`/_simulator`: what happens at the banks to positions, consents, resources and monthly limits."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.checks import Checks
from tomada.simulator.encoding import number
from tomada.simulator.products.resources import STATUSES, resources_of
from tomada.simulator.refusals import invalid, not_found
from tomada.simulator.shapes import consent_shape
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class ProductsControlApi:
    """Drive the products from outside."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/_simulator/items/{id}/consent", gate.open(self.withdraw), methods=["DELETE"]),
            Route("/_simulator/items/{id}/quota", gate.open(self.use_up), methods=["DELETE"]),
            Route("/_simulator/quotas", gate.open(self.quotas), methods=["GET"]),
            Route("/_simulator/quotas", gate.open(self.clear_quotas), methods=["DELETE"]),
            Route("/_simulator/investments/{id}/orders", gate.open(self.order), methods=["POST"]),
            Route(
                "/_simulator/items/{id}/resources/{resource}",
                gate.open(self.resource),
                methods=["PATCH"],
            ),
        ]

    def withdraw(self, call: Call) -> Any:
        """Let the person withdraw access at the bank; the next run finds out."""
        item = self.world.items.get(call.request.path_params["id"])
        self.world.consents.withdraw(item)
        return {"results": [consent_shape(one) for one in self.world.consents.of(item.id)]}

    def use_up(self, call: Call) -> Any:
        """Use the month's calls of the item's holder up."""
        self.world.quotas.use_up(self.world.items.get(call.request.path_params["id"]))
        return self.quotas(call)

    def quotas(self, _call: Call) -> Any:
        """Show the calls counted, by person, institution, product and month."""
        return {"used": self.world.state.quotas}

    def clear_quotas(self, _call: Call) -> Any:
        """Begin the month again."""
        count = len(self.world.state.quotas)
        self.world.quotas.clear()
        return {"count": count}

    def order(self, call: Call) -> Any:
        """Buy or sell units of a position; the next good run shows it."""
        side: Any = call.fields().get("side")
        if side not in {"BUY", "SELL"}:
            raise invalid("side must be one of the following values: BUY, SELL")
        try:
            amount = Decimal(str(call.fields().get("amount")))
        except InvalidOperation as failure:
            raise invalid("amount must be a number") from failure
        if not amount.is_finite():
            raise invalid("amount must be a number")
        order = self.world.holdings.order(call.request.path_params["id"], side=side, amount=amount)
        return {"side": order.side, "amount": number(order.amount), "date": order.day.isoformat()}

    def resource(self, call: Call) -> Any:
        """Change whether the institution gives a resource; the next run feels it."""
        item = self.world.items.get(call.request.path_params["id"])
        checks = Checks(call.fields())
        status = checks.text("status", required=True)
        checks.done()
        if status not in STATUSES:
            raise invalid(f"status must be one of the following values: {', '.join(STATUSES)}")
        wanted = call.request.path_params["resource"]
        if wanted not in {one.id for one in resources_of(item)}:
            raise not_found("resource")
        item.resource_statuses[wanted] = status
        self.world.state.changed()
        return {"resourceId": wanted, "status": status}
