"""The shapes of what a bank holds beside accounts and movements."""

from datetime import date
from decimal import Decimal
from typing import Any

from tomada.web.schemas import FreshnessShape, Instant, Shape


class FinanceChargeShape(Shape, frozen=True):
    """Interest, fine or tax on a bill."""

    id: str | None
    type: str | None
    amount: Decimal | None
    amount_minor: int | None
    currency: str
    info: str | None


class BillPaymentShape(Shape, frozen=True):
    """A payment the bank lists with the bill."""

    id: str | None
    value_type: str | None
    day: date | None
    mode: str | None
    amount: Decimal | None
    amount_minor: int | None
    currency: str


class BillShape(Shape, frozen=True):
    """A card's bill; *state* is open while its closing day is still to come."""

    id: str
    item_id: str
    account_id: str
    state: str
    due_day: date
    closing_day: date | None
    currency: str
    total: Decimal
    total_minor: int
    minimum_payment: Decimal | None
    minimum_payment_minor: int | None
    allows_installments: bool | None
    finance_charges: list[FinanceChargeShape]
    payments: list[BillPaymentShape]
    first_seen_at: Instant
    changed_at: Instant


class BillForecastShape(Shape, frozen=True):
    """What a bank says of the bill that a card will get next; it has no total yet."""

    item_id: str
    account_id: str
    closing_day: date | None
    due_day: date | None
    currency: str
    minimum_payment: Decimal | None
    minimum_payment_minor: int | None


class BillsShape(Shape, frozen=True):
    """Bills by due day, the latest first, and apart from them what comes next."""

    bills: list[BillShape]
    forecasts: list[BillForecastShape]
    freshness: list[FreshnessShape]


class InvestmentShape(Shape, frozen=True):
    """A position: *balance* is net of taxes, *gross* before them; *more* has Pluggy's other fields."""

    id: str
    item_id: str
    type: str
    subtype: str | None
    status: str | None
    name: str
    code: str | None
    issuer: str | None
    quantity: Decimal | None
    unit_value: Decimal | None
    currency: str
    balance: Decimal
    balance_minor: int
    gross: Decimal | None
    original: Decimal | None
    quoted_day: date | None
    due_day: date | None
    changed_at: Instant
    more: dict[str, Any]


class InvestmentsShape(Shape, frozen=True):
    """Positions, the largest first."""

    investments: list[InvestmentShape]
    freshness: list[FreshnessShape]


class InvestmentMovementShape(Shape, frozen=True):
    """A movement of a position; ``CREDIT`` is into the position."""

    id: str
    item_id: str
    investment_id: str
    day: date
    type: str | None
    movement_type: str | None
    description: str | None
    quantity: Decimal | None
    unit_value: Decimal | None
    currency: str
    amount: Decimal | None
    amount_minor: int | None
    net_amount: Decimal | None
    more: dict[str, Any]


class InvestmentMovementsShape(Shape, frozen=True):
    """One page of movements, the newest first; *next_cursor* is null on the last."""

    transactions: list[InvestmentMovementShape]
    next_cursor: str | None
    freshness: list[FreshnessShape]


class LoanShape(Shape, frozen=True):
    """A credit contract; rates among *more* are fractions (1 is 100 %)."""

    id: str
    item_id: str
    kind: str
    type: str | None
    product_name: str
    contract_number: str | None
    currency: str
    contract_amount: Decimal | None
    outstanding: Decimal | None
    outstanding_minor: int | None
    contract_day: date | None
    due_day: date | None
    instalments: int | None
    paid_instalments: int | None
    due_instalments: int | None
    past_due_instalments: int | None
    changed_at: Instant
    more: dict[str, Any]


class LoansShape(Shape, frozen=True):
    """Contracts, the latest first."""

    loans: list[LoanShape]
    freshness: list[FreshnessShape]


class IdentityShape(Shape, frozen=True):
    """Who holds the accounts of a connection; *more* has all the bank says, in Pluggy's words."""

    id: str
    item_id: str
    full_name: str | None
    document: str | None
    tax_number: str | None
    changed_at: Instant
    more: dict[str, Any]


class IdentitiesShape(Shape, frozen=True):
    """Holders, by connection."""

    identities: list[IdentityShape]
    freshness: list[FreshnessShape]


class BankConsentShape(Shape, frozen=True):
    """An authorisation at the bank; *expires_at* null is open-ended."""

    id: str
    item_id: str
    products: list[str]
    permissions: list[str]
    created_at: Instant
    expires_at: Instant | None
    revoked_at: Instant | None
    in_force: bool


class BankConsentsShape(Shape, frozen=True):
    """Authorisations, the newest first."""

    bank_consents: list[BankConsentShape]
    freshness: list[FreshnessShape]


class CategoryShape(Shape, frozen=True):
    """A category of Pluggy's by its names; *portuguese* may be missing."""

    id: str
    english: str
    portuguese: str | None
    parent_id: str | None


class CategoriesShape(Shape, frozen=True):
    """Categories by id; *read_at* is null while they were never read."""

    categories: list[CategoryShape]
    read_at: Instant | None
