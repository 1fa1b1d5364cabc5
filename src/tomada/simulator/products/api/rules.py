"""`/categories/rules`: how an application wants its transactions categorised."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tomada.simulator.api.call import Call, Endpoint, Gate
from tomada.simulator.api.checks import Checks
from tomada.simulator.products.records import CategoryRuleRecord
from tomada.simulator.products.rules import MATCHES
from tomada.simulator.products.shapes import rule_shape
from tomada.simulator.shapes import page_shape
from tomada.simulator.world import World

_NO_CONTENT = 204
_DIRECTIONS = ("DEBIT", "CREDIT")
_ACCOUNTS = ("CHECKING_ACCOUNT", "CREDIT_CARD")


@dataclass(frozen=True, slots=True, repr=False)
class RulesApi:
    """Handle categorisation rules."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes; they stand before `/categories/{id}`."""
        return [
            Route("/categories/rules", gate.key(self.list), methods=["GET"]),
            Route("/categories/rules", gate.key(self.create), methods=["POST"]),
            Route(
                "/categories/rules/{id}",
                _without_content(gate.key(self.delete)),
                methods=["DELETE"],
            ),
        ]

    def list(self, _call: Call) -> Any:
        """List the application's rules."""
        return page_shape([rule_shape(one) for one in self.world.rules.own()])

    def create(self, call: Call) -> Any:
        """Make a rule."""
        checks = Checks(call.fields())
        description = checks.text("description", required=True)
        category_id = checks.text("categoryId", required=True)
        direction = _one_of(checks, "transactionType", _DIRECTIONS)
        account = _one_of(checks, "accountType", _ACCOUNTS)
        match: Any = _one_of(checks, "matchType", tuple(MATCHES)) or "exact"
        checks.done()
        rule = CategoryRuleRecord(
            id="",
            client_id="",
            description=description or "",
            category_id=category_id or "",
            category="",
            match_type=match,
            transaction_type=direction,
            account_type=account,
        )
        return rule_shape(self.world.rules.add(rule))

    def delete(self, call: Call) -> Any:
        """Remove a rule."""
        self.world.rules.remove(call.id_in_path("category rule"))
        return {}


def _one_of(checks: Checks, name: str, values: tuple[str, ...]) -> str | None:
    value = checks.text(name)
    if value is not None and value not in values:
        checks.wrong.append(f"{name} must be one of the following values: {', '.join(values)}")
    return value


def _without_content(endpoint: Endpoint) -> Endpoint:
    """Answer 204 without a body where *endpoint* would have answered 200."""

    async def silent(request: Request) -> Response:
        await endpoint(request)
        return Response(status_code=_NO_CONTENT)

    return silent
