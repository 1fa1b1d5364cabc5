"""`/_simulator`: the hand that moves the world, over HTTP.

Open to every program that reaches the simulator, which is a development tool on the loopback
interface, and closed to the pages of other origins (`origins`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.checks import Checks
from tomada.simulator.deliveries import Attempt
from tomada.simulator.encoding import instant, json_answer
from tomada.simulator.faults_modes import fault_of
from tomada.simulator.hooks import Mode
from tomada.simulator.products.shapes import investment_shape, loan_shape
from tomada.simulator.recorder import Recorded
from tomada.simulator.refusals import invalid
from tomada.simulator.shapes import (
    ConnectorShapes,
    account_shape,
    bill_shape,
    item_shape,
    transaction_shape,
    webhook_shape,
)
from tomada.simulator.world import World

# The API's names of what a bank may change, and the record's.
_EDITS = {
    "description": "description",
    "descriptionRaw": "description_raw",
    "amount": "amount",
    "date": "date",
    "status": "status",
    "category": "category",
    "categoryId": "category_id",
    "order": "order",
    "merchant": "merchant",
    "paymentData": "payment_data",
    "creditCardMetadata": "credit_card_metadata",
}


@dataclass(frozen=True, slots=True, repr=False)
class ControlApi:
    """Drive the world from outside."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""

        def route(path: str, handler: Callable[[Call], Any], method: str) -> Route:
            return Route(f"/_simulator{path}", gate.open(handler), methods=[method])

        return [
            route("/state", self.state, "GET"),
            route("/requests", self.requests, "GET"),
            route("/requests", self.forget_requests, "DELETE"),
            route("/deliveries", self.deliveries, "GET"),
            route("/items/{id}/transactions", self.post, "POST"),
            route("/items/{id}/run", self.run, "POST"),
            route("/items/{id}/approval", self.decide, "POST"),
            route("/transactions/{id}", self.edit, "PATCH"),
            route("/transactions/{id}", self.take_back, "DELETE"),
            route("/transactions/{id}/reidentify", self.reidentify, "POST"),
            route("/connectors/{id}", self.health, "PATCH"),
            route("/live", self.live, "POST"),
            route("/faults", self.faults, "GET"),
            route("/faults", self.add_fault, "POST"),
            route("/faults", self.clear_faults, "DELETE"),
            route("/hooks", self.hooks, "POST"),
            Route("/_simulator/reset", self._reset(gate), methods=["POST"]),
        ]

    def state(self, call: Call) -> Any:
        """Tell the whole truth: items with accounts, bills and every transaction."""
        return {
            "items": [self._item(call, item_id) for item_id in self.world.state.items],
            "webhooks": [webhook_shape(hook) for hook in self.world.state.webhooks.values()],
            "live": self.world.live.interval,
            "hooks": self.world.hooks.mode,
            "pendingDeliveries": self.world.courier.pending,
        }

    def requests(self, _call: Call) -> Any:
        """List the API requests of the past, oldest first."""
        return {"results": [_recorded(entry) for entry in self.world.recorder.log]}

    def forget_requests(self, _call: Call) -> Any:
        """Empty the request log."""
        count = len(self.world.recorder.log)
        self.world.recorder.log.clear()
        return {"count": count}

    def deliveries(self, _call: Call) -> Any:
        """List every attempt to deliver an event, oldest first."""
        return {
            "results": [_attempt(attempt) for attempt in self.world.courier.log],
            "pending": self.world.courier.pending,
        }

    def post(self, call: Call) -> Any:
        """Let a movement happen at the bank now."""
        checks = Checks(call.fields())
        kind, account_id = checks.text("kind"), checks.text("accountId")
        description, status = checks.text("description"), checks.text("status")
        collect = checks.flag("collect") is not False
        checks.done()
        row = self.world.bank.post(
            call.request.path_params["id"],
            kind=kind,
            account_id=account_id,
            description=description,
            amount=_amount(checks.fields),
            date=_date(checks.fields),
            status=status,
            collect=collect,
        )
        return transaction_shape(row)

    def edit(self, call: Call) -> Any:
        """Let the bank correct a transaction."""
        fields = call.fields()
        unknown = sorted(set(fields) - set(_EDITS))
        if unknown:
            raise invalid([f"property {name} should not exist" for name in unknown])
        changes = {_EDITS[name]: value for name, value in fields.items()}
        if "amount" in fields:
            changes["amount"] = _amount(fields)
        if "date" in fields:
            changes["date"] = _date(fields)
        return transaction_shape(self.world.bank.edit(call.request.path_params["id"], changes))

    def take_back(self, call: Call) -> Any:
        """Let the bank take a transaction back."""
        self.world.take_back(call.request.path_params["id"])
        return {"count": 1}

    def reidentify(self, call: Call) -> Any:
        """Let a transaction come back under a new id."""
        return transaction_shape(self.world.reidentify(call.request.path_params["id"]))

    def run(self, call: Call) -> Any:
        """Start a run as auto-sync does."""
        checks = Checks(call.fields())
        outcome, triggered_by = checks.text("outcome"), checks.text("triggeredBy")
        checks.done()
        item = self.world.run(
            call.request.path_params["id"], outcome=outcome, triggered_by=triggered_by or "SYNC"
        )
        return self._item(call, item.id, deep=False)

    def decide(self, call: Call) -> Any:
        """Approve or refuse access at the bank."""
        checks = Checks(call.fields())
        approved = checks.flag("approved") is not False
        checks.done()
        item = self.world.decide(call.request.path_params["id"], approved=approved)
        return self._item(call, item.id, deep=False)

    def health(self, call: Call) -> Any:
        """Change an institution's health."""
        checks = Checks(call.fields())
        status = checks.text("status", required=True)
        checks.done()
        number = call.request.path_params["id"]
        connector = self.world.catalogue.get(int(number)) if number.isdecimal() else None
        if connector is None:
            raise invalid("unknown connector")
        self.world.set_health(connector.id, status or "")
        return ConnectorShapes(self.world.catalogue).of(connector, origin=call.origin)

    def live(self, call: Call) -> Any:
        """Choose the pace at which things happen by themselves; null stops them."""
        interval = call.fields().get("interval")
        if interval is not None and (not isinstance(interval, int | float) or interval <= 0):
            raise invalid("interval must be a positive number of seconds, or null")
        self.world.live.set(interval)
        return {"interval": interval}

    def faults(self, _call: Call) -> Any:
        """List the faults in place and how often each has fired."""
        return {"results": self.world.faults.faults}

    def add_fault(self, call: Call) -> Any:
        """Put a fault in place."""
        return self.world.faults.add(fault_of(call.fields()))

    def clear_faults(self, call: Call) -> Any:
        """Remove one fault by `id`, or all of them."""
        fault_id = call.query("id")
        if fault_id is not None:
            return {"count": int(self.world.faults.remove(fault_id))}
        count = len(self.world.faults.faults)
        self.world.faults.clear()
        return {"count": count}

    def hooks(self, call: Call) -> Any:
        """Choose what becomes of events: normal, drop, duplicate, shuffle; `count` limits it."""
        mode: Any = call.fields().get("mode")
        if mode not in get_args(Mode):
            raise invalid(f"mode must be one of the following values: {', '.join(get_args(Mode))}")
        count = call.fields().get("count")
        if count is not None and (not isinstance(count, int) or count < 1):
            raise invalid("count must be a positive number, or null")
        self.world.hooks.set_mode(mode, count=count)
        return {"mode": mode, "count": count}

    def _reset(self, gate: Gate) -> Callable[[Request], Awaitable[Response]]:
        kept: list[bool] = []

        async def reset(request: Request) -> Response:
            def read(call: Call) -> Any:
                kept.append(call.fields().get("keepWebhooks") is True)
                return {}

            await gate.open(read)(request)
            await self.world.reset(keep_webhooks=kept.pop())
            return json_answer({})

        return reset

    def _item(self, call: Call, item_id: str, *, deep: bool = True) -> Any:
        item = self.world.state.items[item_id]
        connector = self.world.catalogue.by_id[item.connector_id]
        shown = ConnectorShapes(self.world.catalogue).of(connector, origin=call.origin)
        shape = item_shape(item, connector=shown, show_client_user_id=True)
        if not deep:
            return shape
        accounts = []
        for account in item.accounts:
            ledger = self.world.ledgers.account(account.id)
            rows = ledger.ordered() if ledger is not None else []
            accounts.append(
                {
                    **account_shape(account),
                    "bills": [bill_shape(bill, account) for bill in account.bills],
                    "transactions": [transaction_shape(row) for row in rows],
                }
            )
        return shape | {
            "accounts": accounts,
            "investments": [investment_shape(one) for one in item.investments],
            "loans": [loan_shape(one) for one in item.loans],
            "uncollected": len(item.waiting),
        }


def _recorded(entry: Recorded) -> Any:
    return {
        "time": instant(entry.at),
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "status": entry.status,
    }


def _attempt(attempt: Attempt) -> Any:
    return {
        "time": instant(attempt.at),
        "eventId": attempt.event_id,
        "event": attempt.event,
        "url": attempt.url,
        "attempt": attempt.number,
        "status": attempt.status,
        "error": attempt.error,
        "dropped": attempt.dropped,
    }


def _amount(fields: Mapping[str, Any]) -> Decimal | None:
    value = fields.get("amount")
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation as failure:
        raise invalid("amount must be a number") from failure
    if isinstance(value, bool) or not amount.is_finite():
        raise invalid("amount must be a number")
    return amount


def _date(fields: Mapping[str, Any]) -> datetime | None:
    value = fields.get("date")
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as failure:
        raise invalid("date must be an ISO instant") from failure
    if moment.tzinfo is None:
        raise invalid("date must be an ISO instant with its zone")
    return moment
