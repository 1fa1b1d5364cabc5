"""Transactions, categories and merchants."""

from decimal import Decimal
from enum import StrEnum

import msgspec

from tomada.pluggy.dates import BankDate, Instant, PlainDate
from tomada.pluggy.model import Model, Resource


class TransactionType(StrEnum):
    """The direction seen by the holder, on accounts and cards alike: DEBIT is money out."""

    DEBIT = "DEBIT"
    CREDIT = "CREDIT"


class TransactionStatus(StrEnum):
    """PENDING is not settled, not billed yet, or scheduled."""

    POSTED = "POSTED"
    PENDING = "PENDING"


class CreditCardMetadata(Model, frozen=True, kw_only=True, gc=False):
    """What only card movements have.

    *bill_forecast_date* is ``YYYY-MM``. *payee_mcc* was a string in older payloads.
    """

    installment_number: int | None = None
    total_installments: int | None = None
    total_amount: Decimal | None = None
    fee_type: str | None = None
    fee_type_additional_info: str | None = None
    other_credits_type: str | None = None
    other_credits_additional_info: str | None = None
    purchase_date: BankDate | None = None
    payee_mcc: int | str | None = msgspec.field(default=None, name="payeeMCC")
    card_number: str | None = None
    bill_id: str | None = None
    bill_forecast_date: str | None = None
    payment_type: str | None = None
    bill_post_date: PlainDate | None = None
    transaction_date_time: BankDate | None = None


class Document(Model, frozen=True, kw_only=True, gc=False):
    """A CPF or CNPJ as the institution writes it; a CNPJ may hold letters."""

    type: str | None = None
    value: str | None = None


class PaymentDataParticipant(Model, frozen=True, kw_only=True, gc=False):
    """One side of a transfer."""

    name: str | None = None
    document_number: Document | None = None
    account_number: str | None = None
    branch_number: str | None = None
    routing_number: str | None = None
    routing_number_ispb: str | None = msgspec.field(default=None, name="routingNumberISPB")


class PaymentDataBoletoMetadata(Model, frozen=True, kw_only=True, gc=False):
    """The slip behind a payment."""

    digitable_line: str | None = None
    barcode: str | None = None
    base_amount: Decimal | None = None
    interest_amount: Decimal | None = None
    penalty_amount: Decimal | None = None
    discount_amount: Decimal | None = None


class PaymentData(Model, frozen=True, kw_only=True, gc=False):
    """Who paid whom, and how (PIX, TED, DOC, TEV, BOLETO)."""

    payer: PaymentDataParticipant | None = None
    receiver: PaymentDataParticipant | None = None
    reason: str | None = None
    reference_number: str | None = None
    receiver_reference_id: str | None = None
    payment_method: str | None = None
    boleto_metadata: PaymentDataBoletoMetadata | None = None
    authentication_code: str | None = None


class Merchant(Model, frozen=True, kw_only=True, gc=False):
    """The shop, where Pluggy could tell."""

    name: str | None = None
    business_name: str | None = None
    cnpj: str | None = None
    cnae: str | None = None
    category: str | None = None


class MerchantSearch(Resource, frozen=True, kw_only=True, gc=False):
    """The answer to a look-up by CNPJ."""

    found_merchants: list[Merchant] | None = None
    not_found_merchants: list[str] | None = None
    invalid_cnpjs: list[str] | None = None


# The fields of a movement stand in the order in which Pluggy sends them: the decoder looks for the
# next key first where the last one was found, which makes it a fifth faster.
class Transaction(Resource, frozen=True, kw_only=True, gc=False):
    """One movement.

    *amount* has Pluggy's sign: on bank accounts money out is negative, on cards a purchase is
    positive. ``holder_amount`` has the holder's sign on both. *created_at* is when Pluggy took it
    in, which can be weeks after *date*.
    """

    id: str
    account_id: str
    description: str | None = None
    description_raw: str | None = None
    currency_code: str = "BRL"
    amount: Decimal
    amount_in_account_currency: Decimal | None = None
    date: BankDate
    type: str | None = None
    status: str | None = None
    balance: Decimal | None = None
    order: int | None = None
    category: str | None = None
    category_id: str | None = None
    provider_code: str | None = None
    provider_id: str | None = None
    operation_type: str | None = None
    operation_type_additional_info: str | None = None
    payment_data: PaymentData | None = None
    credit_card_metadata: CreditCardMetadata | None = None
    merchant: Merchant | None = None
    created_at: Instant
    updated_at: Instant | None = None

    @property
    def holder_amount(self) -> Decimal:
        """The amount in the account's currency with the holder's sign: money out is negative.

        The direction is taken from *type*, which Pluggy normalises; the sign of *amount* is used
        only where there is no type.
        """
        amount = self.amount
        if self.amount_in_account_currency is not None:
            amount = self.amount_in_account_currency
        if self.type == TransactionType.DEBIT:
            return -abs(amount)
        if self.type == TransactionType.CREDIT:
            return abs(amount)
        return amount


class Category(Resource, frozen=True, kw_only=True, gc=False):
    """A category; *id* is eight digits, *description* English, the translation Portuguese."""

    id: str
    description: str
    description_translated: str | None = None
    parent_id: str | None = None
    parent_description: str | None = None


class ClientCategoryRule(Resource, frozen=True, kw_only=True, gc=False):
    """A rule of one's own: movements whose description matches get the category."""

    id: str | None = None
    description: str
    category_id: str | None = None
    category: str
    client_id: str | None = None
    transaction_type: str | None = None
    account_type: str | None = None
    match_type: str | None = None
