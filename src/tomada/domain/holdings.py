"""What a person holds or owes beside accounts: investments with their movements, and loans.

Amounts are minor units; None is what the bank did not say. What names a thing, and every finer
detail in Pluggy's own words, is sealed at rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tomada.domain.ids import InvestmentId, ItemId, LoanId


@dataclass(frozen=True, slots=True)
class InvestmentDetail:
    """What names a position; *quantity* and *unit_value* are decimals as the bank wrote them."""

    name: str
    code: str | None
    issuer: str | None
    quantity: str | None
    unit_value: str | None


@dataclass(frozen=True, slots=True)
class Investment:
    """One position: *balance_minor* is net of taxes, *gross_minor* before them.

    *more* holds the fields of Pluggy's object that have no place of their own here.
    """

    id: InvestmentId
    item_id: ItemId
    type: str
    subtype: str | None
    status: str | None
    currency: str
    balance_minor: int
    gross_minor: int | None
    original_minor: int | None
    quoted_day: date | None
    due_day: date | None
    detail: InvestmentDetail
    changed_at: datetime
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InvestmentMovementDetail:
    """What a movement says of itself."""

    description: str | None
    quantity: str | None
    unit_value: str | None


@dataclass(frozen=True, slots=True)
class InvestmentMovement:
    """One movement of a position; CREDIT is into the position, the reverse of an account's view."""

    id: str
    item_id: ItemId
    investment_id: InvestmentId
    day: date
    type: str | None
    movement_type: str | None
    currency: str
    amount_minor: int | None
    net_minor: int | None
    detail: InvestmentMovementDetail
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LoanDetail:
    """What names a contract, and how far its instalments are."""

    product_name: str
    contract_number: str | None
    type: str | None
    instalments: int | None
    paid: int | None
    left: int | None
    past_due: int | None


@dataclass(frozen=True, slots=True)
class Loan:
    """One credit contract; rates among *more* are fractions (1 is 100 %)."""

    id: LoanId
    item_id: ItemId
    kind: str
    currency: str
    contract_minor: int | None
    outstanding_minor: int | None
    contract_day: date | None
    due_day: date | None
    detail: LoanDetail
    changed_at: datetime
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IdentityDetail:
    """Who holds the accounts of a connection."""

    full_name: str | None
    document: str | None
    tax_number: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """The holder as the bank knows them; *more* is all the bank said, in Pluggy's words."""

    id: str
    item_id: ItemId
    detail: IdentityDetail
    changed_at: datetime
    more: Mapping[str, Any]
