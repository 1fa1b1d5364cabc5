"""Accounts, cards and card bills."""

from decimal import Decimal
from enum import StrEnum

from tomada.pluggy.dates import Instant, PlainDate
from tomada.pluggy.model import Model, Resource


class AccountType(StrEnum):
    """Known kinds of account; CREDIT is a card."""

    BANK = "BANK"
    CREDIT = "CREDIT"


class AccountSubtype(StrEnum):
    """Known kinds below those."""

    CHECKING_ACCOUNT = "CHECKING_ACCOUNT"
    SAVINGS_ACCOUNT = "SAVINGS_ACCOUNT"
    CREDIT_CARD = "CREDIT_CARD"


class ReservedBalanceRemuneration(Model, frozen=True, kw_only=True, gc=False):
    """How a pot earns; rates are fractions (1.1 is 110 % of the indexer)."""

    pre_fixed_rate: Decimal | None = None
    post_fixed_indexer_percentage: Decimal | None = None
    rate_type: str | None = None
    indexer: str | None = None
    calculation: str | None = None
    rate_periodicity: str | None = None
    indexer_additional_info: str | None = None


class ReservedBalanceAmount(Model, frozen=True, kw_only=True, gc=False):
    """Money of a pot in one band of remuneration."""

    amount: Decimal
    currency_code: str
    remuneration: ReservedBalanceRemuneration | None = None


class ReservedBalance(Model, frozen=True, kw_only=True, gc=False):
    """A pot the person set aside; *name* is the person's own label."""

    name: str | None = None
    identification: str
    available_amounts: list[ReservedBalanceAmount] | None = None


class BankData(Model, frozen=True, kw_only=True, gc=False):
    """What only bank accounts have; *closing_balance* is available plus blocked."""

    transfer_number: str | None = None
    closing_balance: Decimal | None = None
    automatically_invested_balance: Decimal | None = None
    overdraft_contracted_limit: Decimal | None = None
    overdraft_used_limit: Decimal | None = None
    unarranged_overdraft_amount: Decimal | None = None
    has_reserved_balance: bool | None = None
    reserved_balances: list[ReservedBalance] | None = None


class DisaggregatedCreditLimit(Model, frozen=True, kw_only=True, gc=False):
    """One limit line of a card as Open Finance reports it."""

    credit_line_limit_type: str | None = None
    consolidation_type: str | None = None
    identification_number: str | None = None
    is_limit_flexible: bool | None = None
    used_amount: Decimal | None = None
    used_amount_currency_code: str | None = None
    line_name: str | None = None
    line_name_additional_info: str | None = None
    limit_amount: Decimal | None = None
    limit_amount_currency_code: str | None = None
    limit_amount_reason: str | None = None
    customized_limit_amount: Decimal | None = None
    customized_limit_amount_currency_code: str | None = None
    available_amount: Decimal | None = None
    available_amount_currency_code: str | None = None


class AdditionalCard(Model, frozen=True, kw_only=True, gc=False):
    """Another plastic on the account."""

    number: str


class CreditData(Model, frozen=True, kw_only=True, gc=False):
    """What only cards have."""

    level: str | None = None
    brand: str | None = None
    brand_additional_info: str | None = None
    balance_close_date: PlainDate | None = None
    balance_due_date: PlainDate | None = None
    available_credit_limit: Decimal | None = None
    balance_foreign_currency: Decimal | None = None
    minimum_payment: Decimal | None = None
    credit_limit: Decimal | None = None
    is_limit_flexible: bool | None = None
    status: str | None = None
    holder_type: str | None = None
    disaggregated_credit_limits: list[DisaggregatedCreditLimit] | None = None
    additional_cards: list[AdditionalCard] | None = None


class Account(Resource, frozen=True, kw_only=True, gc=False):
    """A bank account or a card.

    *balance* is available funds on bank accounts (negative is overdraft) and the amount owed on
    cards, where institutions differ in what they count; a limit's use is
    ``credit_limit - available_credit_limit``.
    """

    id: str
    item_id: str
    type: str
    subtype: str | None = None
    number: str | None = None
    name: str | None = None
    marketing_name: str | None = None
    balance: Decimal | None = None
    tax_number: str | None = None
    owner: str | None = None
    currency_code: str = "BRL"
    bank_data: BankData | None = None
    credit_data: CreditData | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None


class AccountBalance(Resource, frozen=True, kw_only=True, gc=False):
    """A balance read at the institution just now."""

    balance: Decimal
    blocked_balance: Decimal | None = None
    automatically_invested_balance: Decimal | None = None
    closing_balance: Decimal | None = None
    currency_code: str
    update_date_time: str


class AccountStatement(Resource, frozen=True, kw_only=True, gc=False):
    """A month's statement file; *month_year* is ``MM-YYYY``, *url* lives 30 minutes."""

    id: str
    month_year: str
    url: str


class BillFinanceCharge(Model, frozen=True, kw_only=True, gc=False):
    """Interest, fine or tax on a bill."""

    id: str | None = None
    type: str | None = None
    amount: Decimal | None = None
    currency_code: str | None = None
    additional_info: str | None = None


class BillPayment(Model, frozen=True, kw_only=True, gc=False):
    """A payment of a bill; *amount* is positive."""

    id: str | None = None
    value_type: str | None = None
    payment_date: PlainDate | None = None
    payment_mode: str | None = None
    amount: Decimal | None = None
    currency_code: str | None = None


class Bill(Resource, frozen=True, kw_only=True, gc=False):
    """A closed card bill; what pays it shows up among the next bill's payments."""

    id: str
    due_date: PlainDate
    bill_closing_date: PlainDate | None = None
    total_amount: Decimal
    total_amount_currency_code: str = "BRL"
    minimum_payment_amount: Decimal | None = None
    allows_installments: bool | None = None
    finance_charges: list[BillFinanceCharge] | None = None
    payments: list[BillPayment] | None = None
    account_id: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
