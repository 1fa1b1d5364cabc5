"""Investments: positions and what moved in and out of them."""

from decimal import Decimal

import msgspec

from tomada.pluggy.dates import BankDate, Instant, PlainDate
from tomada.pluggy.model import Model, Resource


class Company(Model, frozen=True, kw_only=True, gc=False):
    """A company behind a pension fund."""

    name: str | None = None
    cnpj: str | None = None


class InvestmentInstitution(Model, frozen=True, kw_only=True, gc=False):
    """Who holds the position, where a broker shows others' papers."""

    name: str | None = None
    number: str | None = None


class InvestmentMetadata(Model, frozen=True, kw_only=True, gc=False):
    """What only pensions and funds have."""

    tax_regime: str | None = None
    proposal_number: str | None = None
    process_number: str | None = None
    fund_name: str | None = None
    insurer: Company | None = None
    anbima_class: str | None = None
    anbima_subclass: str | None = None
    anbima_category: str | None = None


class InvestmentExpenses(Model, frozen=True, kw_only=True, gc=False):
    """What a movement cost, by kind; *other* sums up the rest."""

    service_tax: Decimal | None = None
    brokerage_fee: Decimal | None = None
    income_tax: Decimal | None = None
    trading_assets_notice_fee: Decimal | None = None
    maintenance_fee: Decimal | None = None
    settlement_fee: Decimal | None = None
    clearing_fee: Decimal | None = None
    stock_exchange_fee: Decimal | None = None
    custody_fee: Decimal | None = None
    operating_fee: Decimal | None = None
    other: Decimal | None = None
    iof: Decimal | None = None
    iof_provision: Decimal | None = None


class InvestmentTransaction(Resource, frozen=True, kw_only=True, gc=False):
    """A movement of a position; CREDIT is into the position, the reverse of the account's view."""

    id: str
    type: str | None = None
    movement_type: str | None = None
    quantity: Decimal | None = None
    value: Decimal | None = None
    amount: Decimal | None = None
    agreed_rate: Decimal | None = None
    indexer_percentage: Decimal | None = None
    price_factor: Decimal | None = None
    date: BankDate
    trade_date: BankDate | None = None
    expenses: InvestmentExpenses | None = None
    description: str | None = None
    net_amount: Decimal | None = None
    brokerage_number: str | None = None
    investment_id: str | None = None


class InvestmentDebtor(Model, frozen=True, kw_only=True, gc=False):
    """Who owes the paper."""

    name: str | None = None


class InvestmentCouponPayment(Model, frozen=True, kw_only=True, gc=False):
    """Whether and how often the paper pays interest."""

    additional_info: str | None = None
    has_coupon: bool | None = None
    periodicity: str | None = None


class Investment(Resource, frozen=True, kw_only=True, gc=False):
    """A position.

    *balance* is net, *amount* gross; rates are percent (110 is 110 % of the index).
    """

    id: str
    item_id: str
    type: str
    subtype: str | None = None
    number: str | None = None
    balance: Decimal
    name: str
    last_month_rate: Decimal | None = None
    last_twelve_months_rate: Decimal | None = None
    annual_rate: Decimal | None = None
    currency_code: str
    code: str | None = None
    isin: str | None = None
    value: Decimal | None = None
    quantity: Decimal | None = None
    amount: Decimal | None = None
    taxes: Decimal | None = None
    taxes2: Decimal | None = None
    date: BankDate | None = None
    owner: str | None = None
    amount_profit: Decimal | None = None
    amount_withdrawal: Decimal | None = None
    amount_original: Decimal | None = None
    metadata: InvestmentMetadata | None = None
    due_date: PlainDate | None = None
    issuer: str | None = None
    issuer_cnpj: str | None = msgspec.field(default=None, name="issuerCNPJ")
    issue_date: PlainDate | None = None
    purchase_date: PlainDate | None = None
    grace_period_date: PlainDate | None = None
    rate: Decimal | None = None
    rate_type: str | None = None
    fixed_annual_rate: Decimal | None = None
    tax_exempt: bool | None = None
    rate_periodicity: str | None = None
    indexer_additional_info: str | None = None
    price_factor: Decimal | None = None
    debtor: InvestmentDebtor | None = None
    coupon_payment: InvestmentCouponPayment | None = None
    status: str | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    institution: InvestmentInstitution | None = None
    transactions: list[InvestmentTransaction] | None = None
