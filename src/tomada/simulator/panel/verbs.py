"""Verbs of the control API that make a test's next step quick: fire, send again, reset a login."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.checks import Checks
from tomada.simulator.records import TransactionRecord
from tomada.simulator.refusals import ApiError, invalid, not_found
from tomada.simulator.state import ItemRecord
from tomada.simulator.tokens import Claims
from tomada.simulator.world import World

_OF_ITEM = (
    "item/created",
    "item/updated",
    "item/error",
    "item/waiting_user_input",
    "item/waiting_user_action",
    "item/login_succeeded",
)
_OF_ROWS = ("transactions/created", "transactions/updated")
# Rows that a fired event about rows names.
_NAMED = 10


@dataclass(frozen=True, slots=True, repr=False)
class Verbs:
    """The verbs of one world."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route(
                "/_simulator/items/{id}/reset-login", gate.open(self.reset_login), methods=["POST"]
            ),
            Route("/_simulator/items/{id}/events", gate.open(self.fire), methods=["POST"]),
            Route("/_simulator/deliveries/{id}/again", gate.open(self.again), methods=["POST"]),
            Route("/_simulator/connect-token", gate.open(self.connect_token), methods=["POST"]),
        ]

    def reset_login(self, call: Call) -> Any:
        """Let the bank refuse the login from now until the person gives it anew."""
        item = self.world.run(call.request.path_params["id"], outcome="INVALID_CREDENTIALS")
        return {"id": item.id, "status": item.status}

    def fire(self, call: Call) -> Any:
        """Tell an event of the item although nothing happened; it has an eventId of its own."""
        item = self.world.items.get(call.request.path_params["id"])
        checks = Checks(call.fields())
        event = checks.text("event", required=True) or ""
        account_id = checks.text("accountId")
        checks.done()
        if event in _OF_ITEM:
            more = {"error": _error(item)} if event == "item/error" else {}
            self.world.hooks.item(event, item, **more)
        elif event in _OF_ROWS:
            self._fire_rows(event, item, account_id)
        else:
            known = ", ".join((*_OF_ITEM, *_OF_ROWS))
            raise invalid(f"event must be one of the following values: {known}")
        return {"event": event, "itemId": item.id}

    def again(self, call: Call) -> Any:
        """Send an event once more, with the same eventId and the same bytes."""
        count = self.world.hooks.again(call.request.path_params["id"])
        if count == 0:
            raise not_found("event")
        return {"count": count}

    def connect_token(self, call: Call) -> Any:
        """Make a widget token, and the address of the Connect page for a browser."""
        checks = Checks(call.fields())
        item_id = checks.text("itemId")
        checks.done()
        if item_id is not None:
            self.world.items.get(item_id)
        claims = Claims(kind="connect", jti=self.world.ids.new("connect token"), item_id=item_id)
        ttl = self.world.settings.connect_token_ttl
        token = self.world.tokens.issue(claims, ttl=ttl)
        update = "" if item_id is None else f"&update_item={item_id}"
        url = f"{call.origin}/?connect_token={token}&with_sandbox=true{update}"
        return {"connectToken": token, "url": url}

    def _fire_rows(self, event: str, item: ItemRecord, account_id: str | None) -> None:
        accounts = [one for one in item.accounts if account_id in {None, one.id}]
        if not accounts:
            raise not_found("account")
        account = accounts[0]
        ledger = self.world.ledgers.account(account.id)
        rows: list[TransactionRecord] = ledger.ordered()[:_NAMED] if ledger is not None else []
        if not rows:
            raise ApiError(409, "The account has no transactions to tell of")
        if event == "transactions/created":
            self.world.hooks.created(item, account.id, rows)
        else:
            self.world.hooks.updated(item, account.id, [row.id for row in rows])


def _error(item: ItemRecord) -> dict[str, Any]:
    shown = item.error or {}
    return {
        "code": shown.get("code", "UNEXPECTED_ERROR"),
        "message": shown.get("message", "An unexpected error occurred"),
    }
