"""The tables of the payments side, as they are kept in the state file.

Statuses are in the provider's words. `next_at` is when a record moves on by itself, in the time
of the simulator's clock; None when it waits for somebody or is at its end.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class CustomerRecord:
    """A payer the application registered."""

    id: str
    type: str
    name: str
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    cpf: str | None = None
    cnpj: str | None = None
    connector_id: int | None = None


@dataclass(slots=True)
class RecipientRecord:
    """A bank account that may be paid."""

    id: str
    tax_number: str
    name: str
    institution_id: str
    branch: str
    number: str
    account_type: str
    created_at: datetime
    updated_at: datetime
    is_default: bool = False
    pix_key: str | None = None


@dataclass(slots=True)
class ErrorRecord:
    """Why something failed."""

    code: str
    detail: str


@dataclass(slots=True)
class ScheduleRecord:
    """When a scheduled request pays; *rule* is the schedule as it was asked for."""

    rule: dict[str, Any]
    dates: list[date]


@dataclass(slots=True)
class FirstPaymentRecord:
    """The payment an automatic PIX begins with; without a day, on the day of consent."""

    amount: Decimal
    day: date | None = None
    description: str | None = None


@dataclass(slots=True)
class AutomaticPixRecord:
    """What a payer agrees to when authorising automatic PIX."""

    interval: str
    start: date
    fixed: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    expires_at: datetime | None = None
    retry_accepted: bool | None = None
    first_payment: FirstPaymentRecord | None = None
    retry_days: list[int] | None = None
    scheduler: bool | None = None
    scheduler_description: str | None = None
    scheduler_value: Decimal | None = None
    # How many charges the provider has planned by itself so far.
    planned: int = 0


@dataclass(slots=True)
class RequestRecord:
    """One payment request."""

    id: str
    created_at: datetime
    updated_at: datetime
    status: str = "CREATED"
    amount: Decimal | None = None
    description: str | None = None
    client_payment_id: str | None = None
    callback_urls: dict[str, str] | None = None
    recipient_id: str | None = None
    customer_id: str | None = None
    smart_account_id: str | None = None
    bulk_id: str | None = None
    is_sandbox: bool = False
    pix_code: str | None = None
    pix_name: str | None = None
    schedule: ScheduleRecord | None = None
    automatic: AutomaticPixRecord | None = None
    error: ErrorRecord | None = None
    next_at: datetime | None = None


@dataclass(slots=True)
class DebtorRecord:
    """Whose account paid."""

    name: str
    tax_number: str
    agency: str
    account: str


@dataclass(slots=True)
class IntentRecord:
    """One try to pay a request, or a bulk of them."""

    id: str
    created_at: datetime
    updated_at: datetime
    status: str
    request_id: str | None = None
    bulk_id: str | None = None
    connector_id: int | None = None
    cpf: str | None = None
    cnpj: str | None = None
    payer_name: str | None = None
    method: str = "PIS"
    pix_code: str | None = None
    reference_id: str | None = None
    debtor: DebtorRecord | None = None
    error: ErrorRecord | None = None
    # How the payment phase will end: None well, otherwise a code.
    fails_with: str | None = None
    second_approver: bool = False
    next_at: datetime | None = None


@dataclass(slots=True)
class ScheduledRecord:
    """One payment of a scheduled request."""

    id: str
    request_id: str
    day: date
    description: str
    next_at: datetime | None
    status: str = "SCHEDULED"
    end_to_end_id: str | None = None
    error: ErrorRecord | None = None


@dataclass(slots=True)
class AttemptRecord:
    """One try of a charge."""

    id: str
    day: date
    status: str = "IN_PROGRESS"
    end_to_end_id: str | None = None
    error: ErrorRecord | None = None


@dataclass(slots=True)
class ChargeRecord:
    """One payment under an automatic PIX authorisation."""

    id: str
    request_id: str
    recipient_id: str
    amount: Decimal
    # The day it is due; *first_day* stays when a retry moves the other.
    day: date
    first_day: date
    description: str | None = None
    client_payment_id: str | None = None
    is_first: bool = False
    status: str = "CREATED"
    was_scheduled: bool = False
    end_to_end_id: str | None = None
    error: ErrorRecord | None = None
    attempts: list[AttemptRecord] = field(default_factory=list)
    next_at: datetime | None = None


@dataclass(slots=True)
class PeriodLimit:
    """How much and how often in one period."""

    quantity: Decimal | None = None
    amount: Decimal | None = None


@dataclass(slots=True)
class TransferLimits:
    """What a preauthorization allows; periods by their API names."""

    total: Decimal | None = None
    each: Decimal | None = None
    periods: dict[str, PeriodLimit] | None = None


@dataclass(slots=True)
class DataConsentRecord:
    """The permission to read the payer's balance."""

    updated_at: datetime
    status: str = "AWAITING_AUTHORISATION"
    reason: str | None = None


@dataclass(slots=True)
class PreauthorizationRecord:
    """A standing permission to pay from somebody's account."""

    id: str
    connector_id: int
    cpf: str
    recipient_ids: list[str]
    created_at: datetime
    updated_at: datetime
    cnpj: str | None = None
    status: str = "CREATED"
    client_id: str | None = None
    callback_urls: dict[str, str] | None = None
    limits: TransferLimits | None = None
    data_consent: DataConsentRecord | None = None
    debtor: DebtorRecord | None = None
    error: ErrorRecord | None = None
    # The balance of the payer's account; transfers lower it.
    balance: Decimal = Decimal(0)
    # The month the reads of the balance were counted in, and their number.
    reads_month: str = ""
    reads: int = 0
    next_at: datetime | None = None


@dataclass(slots=True)
class TransferRecord:
    """One payment under a preauthorization."""

    id: str
    preauthorization_id: str
    recipient_id: str
    amount: Decimal
    created_at: datetime
    updated_at: datetime
    status: str = "CONSENT_AUTHORIZED"
    description: str | None = None
    client_payment_id: str | None = None
    error: ErrorRecord | None = None
    fails_with: str | None = None
    next_at: datetime | None = None


@dataclass(slots=True)
class BoletoConnectionRecord:
    """The right to issue boletos at one bank."""

    id: str
    connector_id: int
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Surcharge:
    """A fine or an interest of a boleto."""

    value: Decimal
    type: str


@dataclass(slots=True)
class BoletoRecord:
    """One issued boleto; *path* are the statuses still before it."""

    id: str
    connection_id: str
    your_number: str
    our_number: str
    amount: Decimal
    due: date
    payer: dict[str, str]
    digitable_line: str
    barcode: str
    pix_code: str
    created_at: datetime
    updated_at: datetime
    status: str = "OPEN"
    fine: Surcharge | None = None
    interest: Surcharge | None = None
    amount_paid: Decimal | None = None
    paid_with: str | None = None
    paid_at: datetime | None = None
    path: list[str] = field(default_factory=list)
    next_at: datetime | None = None


@dataclass(slots=True)
class SmartAccountRecord:
    """An account of the application at the provider's partner."""

    id: str
    name: str
    tax_number: str
    email: str
    phone_number: str
    agency: str
    number: str
    verifying_digit: str
    created_at: datetime
    updated_at: datetime
    is_sandbox: bool = False
    balance: Decimal = Decimal(0)


@dataclass(slots=True)
class AccountTransferRecord:
    """Money sent from a smart account."""

    id: str
    account_id: str
    recipient_id: str
    amount: Decimal
    created_at: datetime
    updated_at: datetime
    status: str = "COMPLETED"
    description: str | None = None


@dataclass(slots=True)
class BulkRecord:
    """Several requests that are paid at once."""

    id: str
    account_id: str
    request_ids: list[str]
    created_at: datetime
    updated_at: datetime
    status: str = "CREATED"
    callback_urls: dict[str, str] | None = None
    reference_id: str | None = None


@dataclass(slots=True)
class ReceiptRecord:
    """Proof of a payment."""

    id: str
    request_id: str
    created_at: datetime


@dataclass(slots=True, repr=False)
class PaymentsState:
    """Everything the payments side knows, by id."""

    customers: dict[str, CustomerRecord] = field(default_factory=dict)
    recipients: dict[str, RecipientRecord] = field(default_factory=dict)
    requests: dict[str, RequestRecord] = field(default_factory=dict)
    intents: dict[str, IntentRecord] = field(default_factory=dict)
    scheduled: dict[str, ScheduledRecord] = field(default_factory=dict)
    charges: dict[str, ChargeRecord] = field(default_factory=dict)
    preauthorizations: dict[str, PreauthorizationRecord] = field(default_factory=dict)
    transfers: dict[str, TransferRecord] = field(default_factory=dict)
    connections: dict[str, BoletoConnectionRecord] = field(default_factory=dict)
    boletos: dict[str, BoletoRecord] = field(default_factory=dict)
    accounts: dict[str, SmartAccountRecord] = field(default_factory=dict)
    account_transfers: dict[str, AccountTransferRecord] = field(default_factory=dict)
    bulks: dict[str, BulkRecord] = field(default_factory=dict)
    receipts: dict[str, ReceiptRecord] = field(default_factory=dict)
    # How the next payments of a kind end, first come first.
    outcomes: dict[str, list[str]] = field(default_factory=dict)
