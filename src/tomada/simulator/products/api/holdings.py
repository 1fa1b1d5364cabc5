"""`/investments`, `/loans` and `/identity`."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.paging import page_of
from tomada.simulator.products.api.parents import Parents
from tomada.simulator.products.shapes import (
    identity_id,
    identity_shape,
    investment_shape,
    loan_shape,
    movement_shape,
)
from tomada.simulator.refusals import invalid, not_found
from tomada.simulator.shapes import page_shape
from tomada.simulator.world import World

_TYPES = ("COE", "EQUITY", "ETF", "FIXED_INCOME", "MUTUAL_FUND", "SECURITY", "OTHER")


@dataclass(frozen=True, slots=True, repr=False)
class HoldingsApi:
    """Show what an item holds beside accounts."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/investments", gate.key(self.investments), methods=["GET"]),
            Route("/investments/{id}", gate.key(self.investment), methods=["GET"]),
            Route("/investments/{id}/transactions", gate.key(self.movements), methods=["GET"]),
            Route("/loans", gate.key(self.loans), methods=["GET"]),
            Route("/loans/{id}", gate.key(self.loan), methods=["GET"]),
            Route("/identity", gate.key(self.identity), methods=["GET"]),
            Route("/identity/{id}", gate.key(self.identity_by_id), methods=["GET"]),
        ]

    def investments(self, call: Call) -> Any:
        """List an item's positions."""
        item = Parents(self.world).item(call)
        kind = call.query("type")
        if kind is not None and kind not in _TYPES:
            raise invalid(f"type must be one of the following values: {', '.join(_TYPES)}")
        held = [] if item is None else item.investments
        shown = [investment_shape(one) for one in held if kind in {None, one.type}]
        return page_of(shown, call, self.world.settings)

    def investment(self, call: Call) -> Any:
        """Show one position."""
        return investment_shape(self.world.holdings.investment(call.id_in_path("investment")))

    def movements(self, call: Call) -> Any:
        """List a position's movements, newest first."""
        one = self.world.holdings.investment(call.id_in_path("investment"))
        newest = [movement_shape(movement) for movement in reversed(one.movements)]
        return page_of(newest, call, self.world.settings)

    def loans(self, call: Call) -> Any:
        """List an item's credit contracts, all on one page unless a size is asked for."""
        item = Parents(self.world).item(call)
        shown = [] if item is None else [loan_shape(one) for one in item.loans]
        if call.query("page") is None and call.query("pageSize") is None:
            return page_shape(shown)
        return page_of(shown, call, self.world.settings)

    def loan(self, call: Call) -> Any:
        """Show one credit contract."""
        return loan_shape(self.world.holdings.loan(call.id_in_path("loan")))

    def identity(self, call: Call) -> Any:
        """Show the holder of an item."""
        item = self.world.state.items.get(call.uuid("itemId"))
        if item is None:
            raise not_found("identity")
        return identity_shape(item)

    def identity_by_id(self, call: Call) -> Any:
        """Show a holder by the identity's own id."""
        wanted = call.id_in_path("identity")
        for item in self.world.state.items.values():
            if identity_id(item) == wanted:
                return identity_shape(item)
        raise not_found("identity")
