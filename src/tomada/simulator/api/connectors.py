"""`/connectors`: the list with its filters, one connector, and the check of credentials."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.connectors import Connector
from tomada.simulator.refusals import invalid, not_found
from tomada.simulator.shapes import ConnectorShapes, page_shape
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class ConnectorsApi:
    """Show institutions."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/connectors", gate.either(self.list), methods=["GET"]),
            Route("/connectors/{id}", gate.either(self.one), methods=["GET"]),
            Route("/connectors/{id}/validate", gate.either(self.validate), methods=["POST"]),
        ]

    def list(self, call: Call) -> Any:
        """List the connectors that pass every filter given, all on one page."""
        details = flag(call, "healthDetails") is True
        shapes = ConnectorShapes(self.world.catalogue)
        chosen = [one for one in self.world.catalogue.by_id.values() if _passes(one, call)]
        return page_shape([shapes.of(one, origin=call.origin, details=details) for one in chosen])

    def one(self, call: Call) -> Any:
        """Show one."""
        details = flag(call, "healthDetails") is True
        shapes = ConnectorShapes(self.world.catalogue)
        return shapes.of(self._found(call), origin=call.origin, details=details)

    def validate(self, call: Call) -> Any:
        """Check credential values; 200 whether or not they pass."""
        parameters = {name: str(value) for name, value in call.fields().items()}
        errors = [detail.shape() for detail in self._found(call).check(parameters)]
        return {"parameters": parameters, "errors": errors}

    def _found(self, call: Call) -> Connector:
        number = call.request.path_params["id"]
        connector = self.world.catalogue.get(int(number)) if number.isdecimal() else None
        if connector is None:
            raise not_found("connector")
        return connector


def flag(call: Call, name: str) -> bool | None:
    """Read a boolean of the query."""
    value = call.query(name)
    if value is None:
        return None
    if value not in {"true", "false"}:
        raise invalid(f"{name} must be a boolean value")
    return value == "true"


def _passes(connector: Connector, call: Call) -> bool:
    name, types, countries = (call.query(key) for key in ("name", "types", "countries"))
    # Nothing here moves money, so these filters leave nothing over.
    paying = [
        flag(call, key)
        for key in ("supportsPaymentInitiation", "supportsSmartTransfers", "supportsAutomaticPix")
    ]
    open_finance = flag(call, "isOpenFinance")
    return (
        (flag(call, "sandbox") is True or not connector.is_sandbox)
        and (name is None or name.casefold() in connector.name.casefold())
        and (types is None or connector.type in types.split(","))
        and (countries is None or "BR" in countries.split(","))
        and (open_finance is None or open_finance == connector.is_open_finance)
        and True not in paying
    )
