"""The shapes of what a bank holds beside accounts and movements."""

from datetime import date
from decimal import Decimal

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
