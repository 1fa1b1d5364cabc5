"""Payment requests and the attempts to pay them."""

from decimal import Decimal
from enum import StrEnum

from tomada.pluggy.dates import Instant, PlainDate
from tomada.pluggy.model import Model, Resource
from tomada.pluggy.models.automatic_pix import AutomaticPix
from tomada.pluggy.models.callbacks import PaymentRequestCallbackUrls
from tomada.pluggy.models.connectors import Connector
from tomada.pluggy.models.payment_parties import (
    Debtor,
    PaymentCustomer,
    PaymentInstitution,
    PaymentRecipientAccount,
    SmartAccount,
)


class PaymentRequestStatus(StrEnum):
    """Known states of a request."""

    CREATED = "CREATED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_PAYER_AUTHORIZATION = "WAITING_PAYER_AUTHORIZATION"
    AUTHORIZED = "AUTHORIZED"
    SCHEDULED = "SCHEDULED"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"
    REFUND_IN_PROGRESS = "REFUND_IN_PROGRESS"
    REFUNDED = "REFUNDED"
    REFUND_ERROR = "REFUND_ERROR"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"


class PaymentIntentStatus(StrEnum):
    """Known states of an attempt."""

    STARTED = "STARTED"
    ENQUEUED = "ENQUEUED"
    CONSENT_AWAITING_AUTHORIZATION = "CONSENT_AWAITING_AUTHORIZATION"
    CONSENT_AUTHORIZED = "CONSENT_AUTHORIZED"
    CONSENT_REJECTED = "CONSENT_REJECTED"
    PAYMENT_PENDING = "PAYMENT_PENDING"
    PAYMENT_PARTIALLY_ACCEPTED = "PAYMENT_PARTIALLY_ACCEPTED"
    PAYMENT_SETTLEMENT_PROCESSING = "PAYMENT_SETTLEMENT_PROCESSING"
    PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT = "PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT"
    PAYMENT_COMPLETED = "PAYMENT_COMPLETED"
    PAYMENT_REJECTED = "PAYMENT_REJECTED"
    REJECTED = "REJECTED"
    ERROR = "ERROR"
    CANCELED = "CANCELED"
    REVOKED = "REVOKED"
    CONSUMED = "CONSUMED"
    PAYMENT_TIMEOUT = "PAYMENT_TIMEOUT"


class BoletoPayer(Model, frozen=True, kw_only=True, gc=False):
    """Who owes the slip."""

    tax_number: str
    name: str


class BoletoRecipient(Model, frozen=True, kw_only=True, gc=False):
    """Whom the slip pays."""

    tax_number: str
    name: str


class Boleto(Model, frozen=True, kw_only=True, gc=False):
    """A slip to be paid; *total_amount* is base, penalty and interest less discount."""

    digitable_line: str
    barcode: str
    payer: BoletoPayer
    recipient: BoletoRecipient
    date: PlainDate | None = None
    due_date: PlainDate
    expiration_date: PlainDate | None = None
    base_amount: Decimal
    penalty_amount: Decimal
    interest_amount: Decimal | None = None
    discount_amount: Decimal
    total_amount: Decimal
    updated_at: Instant | None = None


class Schedule(Model, frozen=True, kw_only=True, gc=False):
    """When a request is paid: once (SINGLE), each day, week or month, or on given days (CUSTOM).

    *type* decides which fields count: *date* for SINGLE, *dates* for CUSTOM, *start_date* and
    *occurrences* for the others, with *day_of_week* (``MONDAY``) or *day_of_month*. The first
    payment falls on or after the start.
    """

    type: str
    date: PlainDate | None = None
    start_date: PlainDate | None = None
    occurrences: int | None = None
    day_of_week: str | None = None
    day_of_month: int | None = None
    dates: list[PlainDate] | None = None
    additional_information: str | None = None


class PaymentRequestRecipient(Model, frozen=True, kw_only=True, gc=False):
    """Who is paid: a bank account, a PIX code (PIX_QR_CODE) or a slip (BOLETO), by *type*.

    Only BANK_ACCOUNT has an id, an institution and an account.
    """

    type: str | None = None
    id: str | None = None
    tax_number: str | None = None
    name: str | None = None
    payment_institution: PaymentInstitution | None = None
    is_default: bool | None = None
    account: PaymentRecipientAccount | None = None
    pix_key: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None


class PaymentRequestErrorDetail(Model, frozen=True, kw_only=True, gc=False):
    """Why the request failed."""

    code: str | None = None
    provider_message: str | None = None


class PaymentRequest(Resource, frozen=True, kw_only=True, gc=False):
    """A request for money; *amount* is None for automatic PIX."""

    id: str
    amount: Decimal | None = None
    fees: Decimal | None = None
    description: str | None = None
    status: str
    client_payment_id: str | None = None
    created_at: Instant
    updated_at: Instant
    callback_urls: PaymentRequestCallbackUrls | None = None
    recipient: PaymentRequestRecipient | None = None
    customer: PaymentCustomer | None = None
    smart_account: SmartAccount | None = None
    payment_url: str
    pix_qr_code: str | None = None
    boleto: Boleto | None = None
    automatic_pix: AutomaticPix | None = None
    schedule: Schedule | None = None
    error_detail: PaymentRequestErrorDetail | None = None
    is_sandbox: bool | None = None


class CreatePaymentRequest(Model, frozen=True, kw_only=True, gc=False):
    """What a payment request needs; without *schedule* it is paid at once."""

    amount: Decimal
    description: str | None = None
    callback_urls: PaymentRequestCallbackUrls | None = None
    recipient_id: str | None = None
    customer_id: str | None = None
    client_payment_id: str | None = None
    schedule: Schedule | None = None
    is_sandbox: bool | None = None


class CreatePixQrPaymentRequest(Model, frozen=True, kw_only=True, gc=False):
    """A payment request from a PIX copy-and-paste text."""

    pix_qr_code: str
    callback_urls: PaymentRequestCallbackUrls | None = None
    customer_id: str | None = None
    is_sandbox: bool | None = None


class UpdatePaymentRequest(Model, frozen=True, kw_only=True, gc=False):
    """What changes of an unpaid request."""

    amount: Decimal | None = None
    description: str | None = None
    callback_urls: PaymentRequestCallbackUrls | None = None
    recipient_id: str | None = None
    customer_id: str | None = None
    client_payment_id: str | None = None
    is_sandbox: bool | None = None


class SchedulePaymentErrorDetail(Model, frozen=True, kw_only=True, gc=False):
    """Why a planned payment failed."""

    code: str | None = None
    description: str | None = None
    detail: str | None = None


class SchedulePayment(Resource, frozen=True, kw_only=True, gc=False):
    """One planned payment of a scheduled request."""

    id: str
    description: str
    status: str
    scheduled_date: PlainDate
    end_to_end_id: str | None = None
    error_detail: SchedulePaymentErrorDetail | None = None


class PaymentIntentErrorDetail(Model, frozen=True, kw_only=True, gc=False):
    """Why an attempt failed, by code and in the institution's words."""

    code: str | None = None
    provider_code: str | None = None
    provider_title: str | None = None
    provider_detail: str | None = None


class PixData(Model, frozen=True, kw_only=True, gc=False):
    """A PIX code as text and as base64 picture."""

    value: str
    qr: str


class PaymentIntent(Resource, frozen=True, kw_only=True, gc=False):
    """One attempt to pay; the payer approves it at *consent_url*."""

    id: str
    status: str
    created_at: Instant
    updated_at: Instant
    payment_request: PaymentRequest | None = None
    connector: Connector | None = None
    consent_url: str | None = None
    reference_id: str | None = None
    payment_method: str | None = None
    pix_data: PixData | None = None
    debtor: Debtor | None = None
    error_detail: PaymentIntentErrorDetail | None = None


class PaymentIntentParameter(Model, frozen=True, kw_only=True, gc=False):
    """The payer's documents."""

    cpf: str
    cnpj: str | None = None
    name: str | None = None


class CreatePaymentIntent(Model, frozen=True, kw_only=True, gc=False):
    """What an attempt needs."""

    payment_request_id: str | None = None
    parameters: PaymentIntentParameter | None = None
    connector_id: int | None = None
    payment_method: str | None = None
    is_dynamic_pix: bool | None = None
