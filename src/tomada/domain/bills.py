"""A card's bill: what it asks for, what was charged on it and what was paid.

Pluggy lists bills that have closed. Whatever is due later is a forecast: it is no bill, and is
never added to one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tomada.domain.ids import AccountId, BillId, ItemId

BillState = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class FinanceCharge:
    """Interest, fine or tax on a bill; *type* is Pluggy's word, *info* the bank's of an OTHER."""

    id: str | None
    type: str | None
    amount_minor: int | None
    currency: str
    info: str | None


@dataclass(frozen=True, slots=True)
class BillPayment:
    """A payment the bank lists with this bill; it may be that of the bill before."""

    id: str | None
    value_type: str | None
    day: date | None
    mode: str | None
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class BillDetail:
    """The lines of a bill; sealed at rest."""

    charges: tuple[FinanceCharge, ...]
    payments: tuple[BillPayment, ...]
    allows_installments: bool | None


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill; amounts are positive minor units, None is what the bank did not say."""

    id: BillId
    item_id: ItemId
    account_id: AccountId
    due_day: date
    closing_day: date | None
    currency: str
    total_minor: int
    minimum_minor: int | None
    detail: BillDetail
    first_seen_at: datetime
    changed_at: datetime

    def state(self, today: date) -> BillState:
        """Tell whether it may still grow: a bank may list a bill before its closing day."""
        return "open" if self.closing_day is not None and self.closing_day > today else "closed"
