"""`/webhooks`: subscriptions. Creation answers 200, which the official client insists on."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.api.checks import Checks
from tomada.simulator.shapes import page_shape, webhook_shape
from tomada.simulator.world import World


@dataclass(frozen=True, slots=True, repr=False)
class WebhooksApi:
    """Handle webhooks over HTTP."""

    world: World

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [
            Route("/webhooks", gate.key(self.list), methods=["GET"]),
            Route("/webhooks", gate.key(self.create), methods=["POST"]),
            Route("/webhooks/{id}", gate.key(self.one), methods=["GET"]),
            Route("/webhooks/{id}", gate.key(self.change), methods=["PATCH"]),
            Route("/webhooks/{id}", gate.key(self.delete), methods=["DELETE"]),
        ]

    def list(self, _call: Call) -> Any:
        """List them all."""
        return page_shape([webhook_shape(hook) for hook in self.world.state.webhooks.values()])

    def create(self, call: Call) -> Any:
        """Make one."""
        checks = Checks(call.fields())
        event = checks.text("event", required=True)
        url = checks.text("url", required=True)
        headers = checks.text_map("headers")
        checks.done()
        return webhook_shape(
            self.world.subscriptions.create(event=event or "", url=url or "", headers=headers or {})
        )

    def one(self, call: Call) -> Any:
        """Show one."""
        return webhook_shape(self.world.subscriptions.get(call.id_in_path("webhook")))

    def change(self, call: Call) -> Any:
        """Change one; null headers clear them."""
        webhook_id = call.id_in_path("webhook")
        checks = Checks(call.fields())
        event, url = checks.text("event"), checks.text("url")
        headers = checks.text_map("headers")
        enabled = checks.flag("enabled")
        checks.done()
        if headers is None and "headers" in checks.fields:
            headers = {}
        changed = self.world.subscriptions.change(
            webhook_id, event=event, url=url, headers=headers, enabled=enabled
        )
        return webhook_shape(changed)

    def delete(self, call: Call) -> Any:
        """Remove one."""
        self.world.subscriptions.delete(call.id_in_path("webhook"))
        return {"count": 1}
