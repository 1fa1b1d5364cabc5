"""Items: one person's connection to one connector, and how its last run went."""

from enum import StrEnum
from typing import Any

from tomada.pluggy.dates import Instant
from tomada.pluggy.model import Model, Resource
from tomada.pluggy.models.connectors import Connector, ConnectorCredential


class ItemStatus(StrEnum):
    """Known states of an item."""

    UPDATING = "UPDATING"
    WAITING_USER_INPUT = "WAITING_USER_INPUT"
    WAITING_USER_ACTION = "WAITING_USER_ACTION"
    UPDATED = "UPDATED"
    OUTDATED = "OUTDATED"
    LOGIN_ERROR = "LOGIN_ERROR"
    MERGING = "MERGING"


class ItemError(Model, frozen=True, kw_only=True, gc=False):
    """Why the last run failed; *provider_message* is the institution's text for the person."""

    code: str
    message: str | None = None
    provider_message: str | None = None
    attributes: dict[str, Any] | None = None


class ConnectorUserAction(Model, frozen=True, kw_only=True, gc=False):
    """What the person must do at the bank (``qr`` or ``authorize-access``)."""

    instructions: str | None = None
    attributes: dict[str, Any] | None = None
    expires_at: Instant | None = None
    type: str | None = None


class StatusDetailProductWarning(Model, frozen=True, kw_only=True, gc=False):
    """Why a product came incomplete."""

    code: str | None = None
    message: str | None = None
    provider_message: str | None = None


class StatusDetailProduct(Model, frozen=True, kw_only=True, gc=False):
    """How one product went; *last_updated_at* is None if it was never collected."""

    last_updated_at: Instant | None = None
    is_updated: bool | None = None
    warnings: list[StatusDetailProductWarning] | None = None


class StatusDetail(Model, frozen=True, kw_only=True, gc=False):
    """The outcome per product; None for a product that was not asked for.

    The specification and Pluggy's own SDK spell one name differently; ``investment_movements``
    gives whichever came.
    """

    accounts: StatusDetailProduct | None = None
    credit_cards: StatusDetailProduct | None = None
    transactions: StatusDetailProduct | None = None
    investments: StatusDetailProduct | None = None
    identity: StatusDetailProduct | None = None
    investments_transactions: StatusDetailProduct | None = None
    investment_transactions: StatusDetailProduct | None = None
    payment_data: StatusDetailProduct | None = None
    loans: StatusDetailProduct | None = None
    account_statements: StatusDetailProduct | None = None

    @property
    def investment_movements(self) -> StatusDetailProduct | None:
        """The investment transactions under either spelling."""
        return self.investments_transactions or self.investment_transactions


class Item(Resource, frozen=True, kw_only=True, gc=False):
    """A connection.

    *execution_status* is the state, or the error code, of the last run (see ``execution``).
    *last_updated_at* is the last successful collection and None until the first one ends.
    *next_auto_sync_at* is None where Pluggy will not refresh by itself. *client_user_id* is in no
    published schema, so its absence proves nothing.
    """

    id: str
    connector: Connector | None = None
    status: str
    execution_status: str
    error: ItemError | None = None
    parameter: ConnectorCredential | None = None
    user_action: ConnectorUserAction | None = None
    webhook_url: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    last_updated_at: Instant | None = None
    status_detail: StatusDetail | None = None
    next_auto_sync_at: Instant | None = None
    consecutive_failed_login_attempts: int | None = None
    consent_expires_at: Instant | None = None
    products: list[str] | None = None
    resources_collected_at: Instant | None = None
    has_resources_pending_authorization: bool | None = None
    client_user_id: str | None = None

    @property
    def authorization_url(self) -> str | None:
        """The bank's page to send the person to, from whichever of its places it came in."""
        places = [
            self.parameter.data if self.parameter else None,
            *((self.user_action.attributes or {}).values() if self.user_action else ()),
            self.connector.oauth_url if self.connector else None,
        ]
        waiting = self.status in (ItemStatus.WAITING_USER_INPUT, ItemStatus.WAITING_USER_ACTION)
        urls = (p for p in places if isinstance(p, str) and p.startswith(("https://", "http://")))
        return next(urls, None) if waiting else None


class ItemResource(Resource, frozen=True, kw_only=True, gc=False):
    """One thing the institution declared for the consent, and whether it may be read."""

    resource_id: str | None = None
    type: str | None = None
    status: str | None = None


class Consent(Resource, frozen=True, kw_only=True, gc=False):
    """The authorisation at the bank; *expires_at* None is open-ended, *revoked_at* None active."""

    id: str
    item_id: str
    products: list[str]
    open_finance_permissions_granted: list[str] | None = None
    created_at: Instant
    expires_at: Instant | None = None
    revoked_at: Instant | None = None
