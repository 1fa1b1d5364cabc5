"""`/auth` and `/connect_token`: the two credentials."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.checks import Checks
from tomada.simulator.refusals import bad_client_keys, not_found
from tomada.simulator.tokens import Claims
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class AuthApi:
    """Give out credentials."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/auth", gate.open(self.authenticate), methods=["POST"]),
            Route("/connect_token", gate.key(self.connect_token), methods=["POST"]),
            # The older name, which one of the official clients still calls.
            Route("/connecttokens", gate.key(self.connect_token), methods=["POST"]),
        ]

    def authenticate(self, call: Call) -> Any:
        """Exchange client id and secret for an API key."""
        checks = Checks(call.fields())
        client_id = checks.text("clientId", required=True)
        secret = checks.text("clientSecret", required=True)
        checks.done()
        settings = self.world.settings
        if (client_id, secret) != (settings.client_id, settings.client_secret):
            raise bad_client_keys()
        claims = Claims(kind="api", jti=self.world.ids.new("api key"))
        return {"apiKey": self.world.tokens.issue(claims, ttl=settings.api_key_ttl)}

    def connect_token(self, call: Call) -> Any:
        """Make a widget token. Options count only inside `options`, as at the provider."""
        checks = Checks(call.fields())
        item_id = checks.text("itemId")
        options = checks.fields.get("options")
        if options is not None and not isinstance(options, dict):
            checks.wrong.append("options must be an object")
        inner = Checks(options if isinstance(options, dict) else {})
        kept = {
            "clientUserId": inner.text("clientUserId"),
            "webhookUrl": inner.text("webhookUrl"),
            "oauthRedirectUri": inner.text("oauthRedirectUri"),
            "avoidDuplicates": inner.flag("avoidDuplicates"),
            "products": inner.products(),
        }
        checks.wrong += [f"options.{message}" for message in inner.wrong]
        checks.done()
        if kept["webhookUrl"] is not None:
            self.world.subscriptions.check_url(str(kept["webhookUrl"]))
        if item_id is not None and item_id not in self.world.state.items:
            raise not_found("item")
        claims = Claims(
            kind="connect",
            jti=self.world.ids.new("connect token"),
            item_id=item_id,
            options={name: value for name, value in kept.items() if value is not None},
        )
        ttl = self.world.settings.connect_token_ttl
        return {"accessToken": self.world.tokens.issue(claims, ttl=ttl)}
