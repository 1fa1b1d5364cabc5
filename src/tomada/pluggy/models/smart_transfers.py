"""Smart transfers: payments under a preauthorisation, without a step of the payer."""

from decimal import Decimal
from enum import StrEnum

from tomada.pluggy.dates import Instant
from tomada.pluggy.model import Model, Resource
from tomada.pluggy.models.connectors import Connector
from tomada.pluggy.models.payment_parties import Debtor, PaymentRecipient


class SmartTransferPaymentStatus(StrEnum):
    """Known states of a payment."""

    CONSENT_AUTHORIZED = "CONSENT_AUTHORIZED"
    CONSENT_REJECTED = "CONSENT_REJECTED"
    PAYMENT_PENDING = "PAYMENT_PENDING"
    PAYMENT_PARTIALLY_ACCEPTED = "PAYMENT_PARTIALLY_ACCEPTED"
    PAYMENT_SETTLEMENT_PROCESSING = "PAYMENT_SETTLEMENT_PROCESSING"
    PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT = "PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT"
    PAYMENT_COMPLETED = "PAYMENT_COMPLETED"
    PAYMENT_REJECTED = "PAYMENT_REJECTED"
    ERROR = "ERROR"
    CANCELED = "CANCELED"


class SmartTransferCallbackUrls(Model, frozen=True, kw_only=True, gc=False):
    """Where the payer's browser goes afterwards."""

    success: str | None = None
    error: str | None = None


class SmartTransferPreauthorizationParameter(Model, frozen=True, kw_only=True, gc=False):
    """The payer's documents."""

    cpf: str
    cnpj: str | None = None


class SmartTransferPreauthorizationConfigurationPeriodicLimit(
    Model, frozen=True, kw_only=True, gc=False
):
    """A limit of one period: how many payments, how much money."""

    quantity_limit: int | None = None
    transaction_limit: Decimal | None = None


class SmartTransferPreauthorizationConfigurationPeriodicLimits(
    Model, frozen=True, kw_only=True, gc=False
):
    """Limits by period."""

    day: SmartTransferPreauthorizationConfigurationPeriodicLimit | None = None
    week: SmartTransferPreauthorizationConfigurationPeriodicLimit | None = None
    month: SmartTransferPreauthorizationConfigurationPeriodicLimit | None = None
    year: SmartTransferPreauthorizationConfigurationPeriodicLimit | None = None


class SmartTransferPreauthorizationConfiguration(Model, frozen=True, kw_only=True, gc=False):
    """Limits of a preauthorisation."""

    total_allowed_amount: Decimal | None = None
    transaction_limit: Decimal | None = None
    periodic_limits: SmartTransferPreauthorizationConfigurationPeriodicLimits | None = None


class CreateSmartTransferPreauthorization(Model, frozen=True, kw_only=True, gc=False):
    """What a preauthorisation needs; *linked_journey* asks for the balance as well."""

    connector_id: int
    parameters: SmartTransferPreauthorizationParameter
    recipient_ids: list[str]
    callback_urls: SmartTransferCallbackUrls | None = None
    client_preauthorization_id: str | None = None
    configuration: SmartTransferPreauthorizationConfiguration | None = None
    linked_journey: bool | None = None


class SmartTransferDataConsent(Model, frozen=True, kw_only=True, gc=False):
    """The permission to read the balance; REJECTED is final."""

    status: str
    rejection_reason: str | None = None
    updated_at: Instant


class SmartTransferErrorDetail(Model, frozen=True, kw_only=True, gc=False):
    """Why a preauthorisation or payment failed."""

    code: str | None = None
    description: str | None = None
    detail: str | None = None


class SmartTransferPreauthorization(Resource, frozen=True, kw_only=True, gc=False):
    """A preauthorisation; *debtor* is None until it is COMPLETED."""

    id: str
    status: str
    consent_url: str | None = None
    client_preauthorization_id: str | None = None
    callback_urls: SmartTransferCallbackUrls | None = None
    recipients: list[PaymentRecipient]
    connector: Connector
    created_at: Instant
    updated_at: Instant
    configuration: SmartTransferPreauthorizationConfiguration | None = None
    error_detail: SmartTransferErrorDetail | None = None
    data_consent: SmartTransferDataConsent | None = None
    debtor: Debtor | None = None


class SmartTransferOverdraft(Model, frozen=True, kw_only=True, gc=False):
    """The overdraft of the source account."""

    contracted: Decimal
    used: Decimal
    available: Decimal


class SmartTransferPreauthorizationBalance(Resource, frozen=True, kw_only=True, gc=False):
    """The source account just now."""

    balance: Decimal
    overdraft: SmartTransferOverdraft | None = None


class CreateSmartTransferPayment(Model, frozen=True, kw_only=True, gc=False):
    """What a payment needs."""

    preauthorization_id: str
    recipient_id: str
    amount: Decimal
    description: str | None = None
    client_payment_id: str | None = None


class SmartTransferPayment(Resource, frozen=True, kw_only=True, gc=False):
    """A payment under a preauthorisation."""

    id: str
    preauthorization_id: str
    status: str
    amount: Decimal
    description: str | None = None
    recipient: PaymentRecipient | None = None
    client_payment_id: str | None = None
    created_at: Instant
    updated_at: Instant
    error_detail: SmartTransferErrorDetail | None = None
