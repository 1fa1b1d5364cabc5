"""Who pays and who is paid."""

from enum import StrEnum

from tomada.pluggy.dates import Instant
from tomada.pluggy.model import Model, Resource
from tomada.pluggy.models.connectors import Connector


class PaymentCustomerType(StrEnum):
    """Kinds of payer."""

    INDIVIDUAL = "INDIVIDUAL"
    BUSINESS = "BUSINESS"


class PaymentInstitution(Resource, frozen=True, kw_only=True, gc=False):
    """An institution that can hold a recipient's account."""

    id: str
    name: str
    trade_name: str
    ispb: str
    compe: str | None = None
    created_at: Instant
    updated_at: Instant


class PaymentRecipientAccount(Model, frozen=True, kw_only=True, gc=False):
    """A recipient's account."""

    branch: str
    number: str
    type: str


class PaymentRecipient(Resource, frozen=True, kw_only=True, gc=False):
    """A recipient with a bank account."""

    type: str
    id: str
    tax_number: str
    name: str
    payment_institution: PaymentInstitution
    is_default: bool
    account: PaymentRecipientAccount
    pix_key: str | None = None
    created_at: Instant
    updated_at: Instant


class CreatePaymentRecipient(Model, frozen=True, kw_only=True, gc=False):
    """What a new recipient needs."""

    tax_number: str
    name: str
    payment_institution_id: str
    account: PaymentRecipientAccount


class UpdatePaymentRecipient(Model, frozen=True, kw_only=True, gc=False):
    """What changes of a recipient."""

    tax_number: str | None = None
    name: str | None = None
    payment_institution_id: str | None = None
    account: PaymentRecipientAccount | None = None


class PaymentCustomer(Resource, frozen=True, kw_only=True, gc=False):
    """A payer; *connector* is the bank offered first."""

    id: str
    type: str
    name: str
    email: str | None = None
    cpf: str | None = None
    cnpj: str | None = None
    connector: Connector | None = None
    created_at: Instant
    updated_at: Instant


class CreatePaymentCustomerRequestBody(Model, frozen=True, kw_only=True, gc=False):
    """What a new payer needs: *cpf* of a person, *cnpj* of a business."""

    type: str
    name: str
    email: str | None = None
    cpf: str | None = None
    cnpj: str | None = None
    connector_id: int | None = None


class CreateOrUpdatePaymentCustomer(Model, frozen=True, kw_only=True, gc=False):
    """What changes of a payer."""

    type: str | None = None
    name: str | None = None
    email: str | None = None
    cpf: str | None = None
    cnpj: str | None = None


class SmartAccount(Resource, frozen=True, kw_only=True, gc=False):
    """An account of the application at Pluggy."""

    id: str
    agency: str
    number: str
    verifying_digit: str
    type: str
    is_sandbox: bool
    owner: str | None = None
    pix_key: str | None = None


class DebtorBankAccount(Model, frozen=True, kw_only=True, gc=False):
    """The account the money came from."""

    account: str | None = None
    agency: str | None = None
    name: str | None = None


class Debtor(Model, frozen=True, kw_only=True, gc=False):
    """The account a payment came from; *tax_number* is masked."""

    name: str | None = None
    tax_number: str | None = None
    bank_account: DebtorBankAccount | None = None
