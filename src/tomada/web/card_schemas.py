"""The shapes of cards: named figures, shared limits, bills with their lines."""

from datetime import date
from decimal import Decimal

from tomada.web.product_schemas import BillShape, FinanceChargeShape
from tomada.web.schemas import Shape


class AmountShape(Shape, frozen=True):
    """An amount, exact and in minor units."""

    amount: Decimal
    minor: int


class CardFiguresShape(Shape, frozen=True):
    """What is known of a card, each figure under its own name; null is unknown.

    *reported_balance* is what the bank calls the balance, whose meaning differs by bank.
    """

    open_bill: AmountShape
    posted_debt: AmountShape | None
    to_come: AmountShape
    unplaced: AmountShape
    limit: AmountShape | None
    available_limit: AmountShape | None
    used_limit: AmountShape | None
    reported_balance: AmountShape | None


class ForecastShape(Shape, frozen=True):
    """What the bank expects on a bill that has not closed; *month* null is not said."""

    month: str | None
    amount: AmountShape
    transaction_ids: list[str]


class SeriesShape(Shape, frozen=True):
    """A purchase in instalments; *missing* are parts that no bank has shown."""

    parts: int | None
    transaction_ids: list[str]
    numbers: list[int]
    missing: list[int]
    whole: AmountShape | None
    billed: AmountShape
    to_come: AmountShape
    state: str
    evidence: str


class CardShape(Shape, frozen=True):
    """One card."""

    account_id: str
    item_id: str
    name: str
    number: str
    currency: str
    figures: CardFiguresShape
    open_bill: ForecastShape
    coming: list[ForecastShape]
    unplaced: list[str]
    series: list[SeriesShape]


class LimitGroupShape(Shape, frozen=True):
    """A limit and the cards on it; *certain* is false where they may have one each."""

    account_ids: list[str]
    currency: str
    limit: AmountShape | None
    available_limit: AmountShape | None
    evidence: str
    certain: bool


class CardsShape(Shape, frozen=True):
    """Cards, and each limit once."""

    cards: list[CardShape]
    limits: list[LimitGroupShape]


class BillLineShape(Shape, frozen=True):
    """A row of a bill; *amount* is what it adds to the debt, *evidence* how its kind is known."""

    transaction_id: str
    kind: str
    evidence: str
    day: date
    description: str
    amount: AmountShape
    installment: str | None


class BillSettlementShape(Shape, frozen=True):
    """A payment of the bill; null is a side that no bank has shown."""

    bank_transaction_id: str | None
    card_transaction_id: str | None
    day: date
    amount: AmountShape
    rule: str
    certain: bool


class StatementShape(Shape, frozen=True):
    """A bill explained: lines + charges - credits + difference = total.

    *reason* says what the unexplained difference most likely is. *earlier_payments* are lines
    that paid the bill before; they are no credit of this one.
    """

    bill: BillShape
    lines_total: AmountShape
    charges_total: AmountShape
    credits_total: AmountShape
    unexplained_difference: AmountShape
    reason: str | None
    purchases: list[BillLineShape]
    charge_lines: list[BillLineShape]
    finance_charges: list[FinanceChargeShape]
    credits: list[BillLineShape]
    earlier_payments: list[BillLineShape]
    paid: AmountShape
    paid_state: str
    settlements: list[BillSettlementShape]
