"""What a call may be given beyond its ids."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectTokenOptions:
    """What every item made with the token inherits.

    *client_user_id* is copied to the item: give a reference of your own, never a name or document.
    *webhook_url* adds an item-level webhook, which cannot carry headers. *products* counts only
    where the item call names none. Some bank redirects fail without *oauth_redirect_uri*.
    """

    client_user_id: str | None = None
    avoid_duplicates: bool | None = None
    products: list[str] | None = None
    oauth_redirect_uri: str | None = None
    webhook_url: str | None = None
    connector_sort_alphabetically: bool | None = None

    def wire(self) -> dict[str, Any]:
        """Name the options as Pluggy does, those not given left out."""
        return given(
            clientUserId=self.client_user_id,
            webhookUrl=self.webhook_url,
            oauthRedirectUri=self.oauth_redirect_uri,
            avoidDuplicates=self.avoid_duplicates,
            products=self.products,
            connectorSortAlphabetically=self.connector_sort_alphabetically,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemOptions:
    """What an item made or updated by the API carries; see ``ConnectTokenOptions``."""

    client_user_id: str | None = None
    webhook_url: str | None = None
    oauth_redirect_uri: str | None = None
    avoid_duplicates: bool | None = None
    products: list[str] | None = None

    def wire(self) -> dict[str, Any]:
        """Name the options as Pluggy does, those not given left out."""
        return given(
            clientUserId=self.client_user_id,
            webhookUrl=self.webhook_url,
            oauthRedirectUri=self.oauth_redirect_uri,
            avoidDuplicates=self.avoid_duplicates,
            products=self.products,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorFilter:
    """Further conditions on connectors; *health_details* adds numbers to ``health``."""

    supports_payment_initiation: bool | None = None
    supports_smart_transfers: bool | None = None
    supports_automatic_pix: bool | None = None
    health_details: bool | None = field(default=None)


def given(**values: Any) -> dict[str, Any]:
    """Keep the values that were given: Pluggy refuses some nulls that it would take as absent."""
    return {name: value for name, value in values.items() if value is not None}
