"""`/items` and `/consents`: connections, their life, and the bank's authorisations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate, is_uuid
from tomada.simulator.api.checks import Checks
from tomada.simulator.api.paging import cursor_at, next_query, read_cursor
from tomada.simulator.connectors import MEU_PLUGGY, SANDBOX_OPEN_FINANCE
from tomada.simulator.items import ItemChange, NewItem
from tomada.simulator.ledger import Position, position
from tomada.simulator.refusals import ApiError, forbidden, not_found
from tomada.simulator.shapes import ConnectorShapes, consent_shape, item_shape, page_shape
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class ItemsApi:
    """Handle items over HTTP."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/items", gate.either(self.create), methods=["POST"]),
            Route("/items/{id}", gate.either(self.one), methods=["GET"]),
            Route("/items/{id}", gate.either(self.update), methods=["PATCH"]),
            Route("/items/{id}", gate.key(self.delete), methods=["DELETE"]),
            Route("/items/{id}/mfa", gate.either(self.mfa), methods=["POST"]),
            Route(
                "/items/{id}/disable-auto-sync",
                gate.key(self.disable_auto_sync),
                methods=["PATCH"],
            ),
            Route("/v2/items", gate.key(self.by_cursor), methods=["GET"]),
            Route("/consents", gate.key(self.consents), methods=["GET"]),
            Route("/consents/{id}", gate.key(self.consent), methods=["GET"]),
        ]

    def create(self, call: Call) -> Any:
        """Make an item; what a connect token's options say holds where the body says nothing."""
        checks = Checks(call.fields())
        connector_id = checks.whole("connectorId")
        parameters = _parameters(checks, connector_id)
        products = checks.products()
        texts = {
            name: checks.text(name) for name in ("clientUserId", "webhookUrl", "oauthRedirectUri")
        }
        avoid = checks.flag("avoidDuplicates")
        checks.done()
        options = call.claims.options if call.claims is not None else {}
        for name, value in texts.items():
            texts[name] = value if value is not None else options.get(name)
        webhook_url = texts["webhookUrl"]
        if webhook_url is not None:
            self.world.subscriptions.check_url(webhook_url)
        new = NewItem(
            connector_id=connector_id,
            parameters=parameters or {},
            products=options.get("products") if products is None else products,
            client_user_id=texts["clientUserId"],
            webhook_url=webhook_url,
            oauth_redirect_uri=texts["oauthRedirectUri"],
            avoid_duplicates=bool(options.get("avoidDuplicates") if avoid is None else avoid),
            made_with=call.claims.jti if call.by_widget and call.claims is not None else None,
        )
        item = self.world.items.create(new, triggered_by=_trigger(call))
        return self._shape(call, item)

    def one(self, call: Call) -> Any:
        """Show an item."""
        return self._shape(call, self._found(call))

    def by_cursor(self, call: Call) -> Any:
        """List the application's items, newest first; by agreement with the provider only."""
        settings = self.world.settings
        if not settings.list_items:
            raise ApiError(403, "Listing items is not enabled for this application")
        user, connector = call.query("clientUserId"), call.query("connectorId")
        chosen = [
            (item_position(item), item)
            for item in self.world.state.items.values()
            if user in {None, item.client_user_id} and connector in {None, str(item.connector_id)}
        ]
        after = call.query("after")
        if after is not None:
            start = read_cursor(after)
            chosen = [(place, item) for place, item in chosen if place > start]
        items = [item for _, item in sorted(chosen, key=lambda pair: pair[0])]
        page, rest = items[: settings.page_size], items[settings.page_size :]
        given = {"clientUserId": user, "connectorId": connector}
        last = cursor_at(page[-1].created_at, page[-1].id) if rest else ""
        return {
            "results": [self._shape(call, item) for item in page],
            "next": next_query(given, last) if rest else None,
        }

    def update(self, call: Call) -> Any:
        """Start another run."""
        item = self._found(call)
        checks = Checks(call.fields())
        change = ItemChange(
            parameters=_parameters(checks, item.connector_id) or {},
            products=checks.products(),
            client_user_id=checks.text("clientUserId"),
            webhook_url=checks.text("webhookUrl"),
        )
        checks.done()
        if change.webhook_url is not None:
            self.world.subscriptions.check_url(change.webhook_url)
        updated = self.world.items.update(item.id, change, triggered_by=_trigger(call))
        return self._shape(call, updated)

    def delete(self, call: Call) -> Any:
        """Delete an item with everything it holds."""
        self.world.items.delete(self._found(call).id)
        return {"count": 1}

    def mfa(self, call: Call) -> Any:
        """Answer an MFA prompt."""
        item = self._found(call)
        values = {name: str(value) for name, value in call.fields().items()}
        return self._shape(call, self.world.items.answer_mfa(item.id, values))

    def disable_auto_sync(self, call: Call) -> Any:
        """Stop auto-sync until the next update by the client."""
        return self._shape(call, self.world.items.stop_auto_sync(self._found(call).id))

    def consents(self, call: Call) -> Any:
        """List the bank consents of an item."""
        item_id = call.uuid("itemId")
        if item_id not in self.world.state.items and self.world.settings.unknown_parent != "empty":
            raise not_found("item")
        return page_shape([consent_shape(one) for one in self.world.consents.of(item_id)])

    def consent(self, call: Call) -> Any:
        """Show one bank consent."""
        consent = self.world.state.consents.get(call.request.path_params["id"])
        if consent is None:
            raise not_found("consent")
        return consent_shape(consent)

    def _found(self, call: Call) -> ItemRecord:
        item_id: str = call.request.path_params["id"]
        item = self.world.items.get(item_id) if is_uuid(item_id) else None
        if item is None:
            raise not_found("item")
        if call.by_widget and not may_touch(call, item):
            raise forbidden()
        return item

    def _shape(self, call: Call, item: ItemRecord) -> Any:
        connector = self.world.catalogue.by_id[item.connector_id]
        shown = ConnectorShapes(self.world.catalogue).of(connector, origin=call.origin)
        settings = self.world.settings
        show = settings.item_shows_client_user_id
        if connector.id == MEU_PLUGGY:
            show = show and settings.products.meu_pluggy_shows_client_user_id
        return item_shape(
            item,
            connector=shown,
            show_client_user_id=show,
            consent_expires_at=self.world.consents.expires_at(item),
        )


def item_position(item: ItemRecord) -> Position:
    """Give the sorting key of an item: later ones first."""
    return position(item.created_at, item.id)


def may_touch(call: Call, item: ItemRecord) -> bool:
    """Say whether a connect token made *item* or was made for it."""
    claims = call.claims
    return claims is not None and (claims.item_id == item.id or claims.jti == item.made_with)


def _trigger(call: Call) -> str:
    return "USER" if call.by_widget else "CLIENT"


def _parameters(checks: Checks, connector_id: int) -> dict[str, str] | None:
    """Read credentials; a ciphertext cannot be opened here and logs in as the good user."""
    given: Any = checks.fields.get("parameters")
    if given is None:
        return None
    if isinstance(given, str):
        if connector_id in {SANDBOX_OPEN_FINANCE, MEU_PLUGGY}:
            return {"cpf": "76109277673"}
        return {"user": "user-ok", "password": "password-ok", "token": "123456"}
    if not isinstance(given, Mapping):
        raise ApiError(400, "parameters must be an object")
    return {name: str(value) for name, value in given.items() if value is not None}
