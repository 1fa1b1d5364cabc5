"""The application's webhooks: made, changed, removed, and disabled after too many failures."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from tomada.simulator.hooks import EVENTS
from tomada.simulator.ids import Ids
from tomada.simulator.refusals import ApiError, invalid, not_found
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import State, WebhookRecord


@dataclass(frozen=True, slots=True, repr=False)
class Subscriptions:
    """The webhooks of one world."""

    settings: SimulatorSettings
    state: State
    ids: Ids

    def get(self, webhook_id: str) -> WebhookRecord:
        """Find one or refuse with 404."""
        found = self.state.webhooks.get(webhook_id)
        if found is None:
            raise not_found("webhook")
        return found

    def create(self, *, event: str, url: str, headers: Mapping[str, str]) -> WebhookRecord:
        """Subscribe *url* to *event*."""
        self._check(event, url, besides=None)
        now = self.settings.clock()
        made = WebhookRecord(
            id=self.ids.new("webhook"),
            event=event,
            url=url,
            created_at=now,
            updated_at=now,
            headers=dict(headers),
        )
        self.state.webhooks[made.id] = made
        self.state.changed()
        return made

    def change(
        self,
        webhook_id: str,
        *,
        event: str | None = None,
        url: str | None = None,
        headers: Mapping[str, str] | None = None,
        enabled: bool | None = None,
    ) -> WebhookRecord:
        """Change what is given; enabling forgets the failures of the past."""
        hook = self.get(webhook_id)
        new_event = hook.event if event is None else event
        new_url = hook.url if url is None else url
        if (new_event, new_url) != (hook.event, hook.url):
            self._check(new_event, new_url, besides=hook)
        hook.event, hook.url = new_event, new_url
        if headers is not None:
            hook.headers = dict(headers)
        if enabled is not None:
            hook.disabled_at = None if enabled else self.settings.clock()
            hook.failures = 0
        hook.updated_at = self.settings.clock()
        self.state.changed()
        return hook

    def delete(self, webhook_id: str) -> None:
        """Remove one."""
        del self.state.webhooks[self.get(webhook_id).id]
        self.state.changed()

    def delivered(self, webhook_id: str, arrived: bool) -> None:  # noqa: FBT001  a fact, told by position
        """Count a delivery's end; too many failures in a row disable the webhook."""
        hook = self.state.webhooks.get(webhook_id)
        if hook is None:
            return
        hook.failures = 0 if arrived else hook.failures + 1
        if hook.failures >= self.settings.hook_disable_after and hook.disabled_at is None:
            hook.disabled_at = self.settings.clock()
        self.state.changed()

    def check_url(self, url: str) -> None:
        """Refuse an address the provider would not call."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise invalid("url must be a valid URL")
        if self.settings.relax_webhook_urls:
            return
        if parts.scheme != "https":
            raise invalid("url must be an https URL")
        if _is_internal(parts.hostname):
            raise invalid("url must point to a public domain")

    def _check(self, event: str, url: str, *, besides: WebhookRecord | None) -> None:
        if event not in EVENTS:
            raise invalid(f"Invalid event type '{event}' for webhook")
        self.check_url(url)
        same = [
            hook
            for hook in self.state.webhooks.values()
            if hook.event == event and hook is not besides
        ]
        if any(hook.url == url for hook in same):
            raise ApiError(400, f"A webhook for event '{event}' and url '{url}' already exists.")
        most = self.settings.webhooks_per_event
        if len(same) >= most:
            text = f"You have reached the maximum of {most} webhooks for event '{event}'."
            raise ApiError(400, text)


def _is_internal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        reserved = (".local", ".internal", ".localhost", ".test", ".example", ".invalid")
        return host == "localhost" or "." not in host or host.endswith(reserved)
    return True
