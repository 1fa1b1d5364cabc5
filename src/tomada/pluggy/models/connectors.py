"""Connectors: Pluggy's integrations with institutions, and the form each one asks for."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from tomada.pluggy.dates import Instant
from tomada.pluggy.model import Model, Resource


class ConnectorType(StrEnum):
    """Known kinds of connector."""

    PERSONAL_BANK = "PERSONAL_BANK"
    BUSINESS_BANK = "BUSINESS_BANK"
    INVOICE = "INVOICE"
    INVESTMENT = "INVESTMENT"
    TELECOMMUNICATION = "TELECOMMUNICATION"
    DIGITAL_ECONOMY = "DIGITAL_ECONOMY"
    PAYMENT_ACCOUNT = "PAYMENT_ACCOUNT"
    OTHER = "OTHER"


class Product(StrEnum):
    """Known kinds of data that an item collects."""

    ACCOUNTS = "ACCOUNTS"
    CREDIT_CARDS = "CREDIT_CARDS"
    TRANSACTIONS = "TRANSACTIONS"
    PAYMENT_DATA = "PAYMENT_DATA"
    INVESTMENTS = "INVESTMENTS"
    INVESTMENTS_TRANSACTIONS = "INVESTMENTS_TRANSACTIONS"
    IDENTITY = "IDENTITY"
    BROKERAGE_NOTE = "BROKERAGE_NOTE"
    MOVE_SECURITY = "MOVE_SECURITY"
    LOANS = "LOANS"
    ACCOUNT_STATEMENTS = "ACCOUNT_STATEMENTS"


class CredentialSelectOption(Model, frozen=True, kw_only=True, gc=False):
    """One choice of a ``select`` field: send *value*, show *label*."""

    value: str
    label: str


class ConnectorCredential(Model, frozen=True, kw_only=True, gc=False):
    """A form field to ask the person for.

    *validation* is a JavaScript regular expression. *data* is a base64 picture for type
    ``image``, or, for an item that waits, the address of the bank's page.
    """

    name: str
    label: str = ""
    type: str = "text"
    assistive_text: str | None = None
    data: str | None = None
    placeholder: str | None = None
    validation: str | None = None
    validation_message: str | None = None
    mfa: bool | None = None
    options: list[CredentialSelectOption] | None = None
    optional: bool | None = None
    instructions: str | None = None
    expires_at: Instant | None = None


class ConnectorIncident(Model, frozen=True, kw_only=True, gc=False):
    """An open incident of Pluggy's status page; resolved ones are never listed."""

    id: str
    title: str
    description: str | None = None
    type: str
    product: str
    kind: str
    severity: str
    state: str
    started_at: Instant
    updated_at: Instant | None = None
    url: str


class ConnectorHealthDetails(Model, frozen=True, kw_only=True, gc=False):
    """Success of the last six hours."""

    connection_rate_last6_hours: Decimal | None = msgspec.field(
        default=None, name="connectionRateLast6Hours"
    )
    connections_last6_hours: Decimal | None = msgspec.field(
        default=None, name="connectionsLast6Hours"
    )


class ConnectorHealth(Model, frozen=True, kw_only=True, gc=False):
    """*status* is ONLINE, UNSTABLE, or OFFLINE (item calls are refused then)."""

    status: str | None = None
    stage: str | None = None
    details: ConnectorHealthDetails | None = None
    incidents: list[ConnectorIncident] | None = None


class Connector(Resource, frozen=True, kw_only=True, gc=False):
    """One integration; *primary_color* is a hex colour without ``#``."""

    id: int
    name: str | None = None
    institution_url: str | None = None
    image_url: str | None = None
    primary_color: str | None = None
    type: str | None = None
    country: str | None = None
    credentials: list[ConnectorCredential] | None = None
    has_mfa: bool | None = msgspec.field(default=None, name="hasMFA")
    products: list[str] | None = None
    oauth: bool | None = None
    oauth_url: str | None = None
    reset_password_url: str | None = None
    health: ConnectorHealth | None = None
    is_open_finance: bool | None = None
    supports_payment_initiation: bool | None = None
    supports_scheduled_payments: bool | None = None
    supports_smart_transfers: bool | None = None
    supports_boleto_management: bool | None = None
    supports_automatic_pix: bool | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    product_coverage: list[str] | None = None
    is_sandbox: bool | None = None


class ParameterValidationError(Model, frozen=True, kw_only=True, gc=False):
    """One credential value that does not fit the connector's rule."""

    code: str
    message: str
    parameter: str


class ParameterValidationResponse(Resource, frozen=True, kw_only=True, gc=False):
    """The answer of a dry check; *errors* is empty when all is well."""

    errors: list[ParameterValidationError] | None = None
    parameters: dict[str, Any] | None = None
