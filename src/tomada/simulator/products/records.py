"""What the simulated banks hold beside accounts: positions, loans, the customer's own data.

Amounts are decimals in currency units. Days are bank days, written as instants where shown.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

MovementKind = Literal["BUY", "SELL", "TAX", "TRANSFER", "INTEREST", "AMORTIZATION"]


@dataclass(slots=True)
class HoldingMovementRecord:
    """One movement of a position: into it (CREDIT) or out of it (DEBIT).

    *quantity* and *value* (the unit price) are missing where money moved and the position did not.
    *net_amount* is what reached or left the bank account.
    """

    type: MovementKind
    movement_type: Literal["CREDIT", "DEBIT"]
    day: date
    amount: Decimal
    net_amount: Decimal
    description: str
    quantity: Decimal | None = None
    value: Decimal | None = None
    expenses: dict[str, Decimal] = field(default_factory=dict)
    agreed_rate: Decimal | None = None
    brokerage_number: str | None = None
    id: str = ""


@dataclass(slots=True)
class InvestmentRecord:
    """One position as of *day*.

    *amount* is gross, *balance* what is left after income tax (*taxes*) and IOF (*taxes2*), and
    *original* what the units still held have cost. *details* holds the further fields of the
    API which this kind of investment has, under the API's names.
    """

    type: str
    subtype: str
    name: str
    code: str
    quantity: Decimal
    value: Decimal
    amount: Decimal
    balance: Decimal
    taxes: Decimal
    taxes2: Decimal
    original: Decimal
    day: date
    status: Literal["ACTIVE", "PENDING", "TOTAL_WITHDRAWAL"] = "ACTIVE"
    tax_exempt: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    movements: list[HoldingMovementRecord] = field(default_factory=list)
    # The bank's own name of it, which stays from item to item.
    bank_id: str = ""
    id: str = ""
    item_id: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True)
class LoanRecord:
    """One credit contract; *outstanding* is the principal that is still owed.

    *modality* is the central bank's four-digit code. *details* holds the rest under the API's names.
    """

    kind: Literal["LOAN", "FINANCING", "INVOICE_FINANCING", "UNARRANGED_ACCOUNT_OVERDRAFT"]
    product_name: str
    contract_number: str
    contract_amount: Decimal
    outstanding: Decimal
    contract_day: date
    day: date
    modality: str
    # Principal that falls due on each day to come.
    to_come: list[tuple[date, Decimal]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    item_id: str = ""


@dataclass(slots=True)
class HoldingsRecord:
    """What one login shows beside its accounts; *identity* is in the API's words, without ids."""

    investments: list[InvestmentRecord]
    loans: list[LoanRecord]
    identity: dict[str, Any]


@dataclass(slots=True)
class OrderRecord:
    """Somebody bought or sold units of a position after the first reading."""

    investment_id: str
    day: date
    side: Literal["BUY", "SELL"]
    amount: Decimal


@dataclass(slots=True)
class CategoryRuleRecord:
    """One categorisation rule of an application; None of a filter lets everything pass."""

    id: str
    client_id: str
    description: str
    category_id: str
    category: str
    match_type: Literal["exact", "contains", "startsWith", "endsWith"] = "exact"
    transaction_type: str | None = None
    account_type: str | None = None
