"""PIX Automático: an authorisation once, charges from then on."""

from decimal import Decimal
from enum import StrEnum

from tomada.pluggy.dates import BankDate, Instant, PlainDate
from tomada.pluggy.model import Model, Resource
from tomada.pluggy.models.callbacks import PaymentRequestCallbackUrls


class AutomaticPixInterval(StrEnum):
    """How often an authorisation may be charged."""

    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    SEMESTER = "SEMESTER"
    YEARLY = "YEARLY"


class AutomaticPixPaymentStatus(StrEnum):
    """Known states of a charge."""

    SCHEDULED = "SCHEDULED"
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"
    ERROR = "ERROR"


class AutomaticPixFirstPayment(Model, frozen=True, kw_only=True, gc=False):
    """A charge at the start; without *date* it settles on the day of consent."""

    date: PlainDate | None = None
    description: str | None = None
    amount: Decimal


class AutomaticPixRetriesConfiguration(Model, frozen=True, kw_only=True, gc=False):
    """Days after the due date on which Pluggy tries again."""

    retry_days: list[int]


class AutomaticPixSchedulerConfiguration(Model, frozen=True, kw_only=True, gc=False):
    """Whether Pluggy makes the charges by itself."""

    enabled: bool
    description: str | None = None
    value_for_variable_amount: Decimal | None = None


class AutomaticPix(Model, frozen=True, kw_only=True, gc=False):
    """The terms of an authorisation."""

    fixed_amount: Decimal | None = None
    minimum_variable_amount: Decimal | None = None
    maximum_variable_amount: Decimal | None = None
    start_date: PlainDate
    expires_at: BankDate | None = None
    is_retry_accepted: bool | None = None
    first_payment: AutomaticPixFirstPayment | None = None
    interval: str
    automatic_retries_configuration: AutomaticPixRetriesConfiguration | None = None
    scheduler_configuration: AutomaticPixSchedulerConfiguration | None = None


class CreateAutomaticPixPaymentRequest(Model, frozen=True, kw_only=True, gc=False):
    """What an authorisation needs; a fixed amount excludes the two limits."""

    fixed_amount: Decimal | None = None
    minimum_variable_amount: Decimal | None = None
    maximum_variable_amount: Decimal | None = None
    description: str | None = None
    start_date: PlainDate
    expires_at: Instant | None = None
    is_retry_accepted: bool | None = None
    first_payment: AutomaticPixFirstPayment | None = None
    interval: str
    automatic_retries_configuration: AutomaticPixRetriesConfiguration | None = None
    scheduler_configuration: AutomaticPixSchedulerConfiguration | None = None
    callback_urls: PaymentRequestCallbackUrls | None = None
    recipient_id: str
    client_payment_id: str | None = None
    customer_id: str | None = None


class ScheduleAutomaticPixPaymentRequest(Model, frozen=True, kw_only=True, gc=False):
    """One charge, two to ten days ahead."""

    amount: Decimal
    description: str | None = None
    date: PlainDate
    client_payment_id: str | None = None
    recipient_id: str | None = None


class RetryAutomaticPixPaymentRequest(Model, frozen=True, kw_only=True, gc=False):
    """When to charge again: within 7 days, asked for by 22:00 of the day before."""

    date: PlainDate


class AutomaticPixPaymentErrorDetail(Model, frozen=True, kw_only=True, gc=False):
    """Why a charge failed."""

    code: str | None = None
    detail: str | None = None


class AutomaticPixPaymentAttempt(Model, frozen=True, kw_only=True, gc=False):
    """One try of a charge."""

    id: str
    status: str | None = None
    end_to_end_id: str | None = None
    date: PlainDate | None = None
    error_detail: AutomaticPixPaymentErrorDetail | None = None


class AutomaticPixPayment(Resource, frozen=True, kw_only=True, gc=False):
    """A charge."""

    id: str
    status: str
    amount: Decimal
    description: str | None = None
    date: PlainDate
    end_to_end_id: str | None = None
    error_detail: AutomaticPixPaymentErrorDetail | None = None
    client_payment_id: str | None = None
    recipient_id: str
    is_first_payment: bool | None = None
    attempts: list[AutomaticPixPaymentAttempt] | None = None


class AutomaticPixPaymentDetail(AutomaticPixPayment, frozen=True, kw_only=True, gc=False):
    """A charge read by itself; *scheduled_status_reached* says that the bank took it in."""

    scheduled_status_reached: bool | None = None
