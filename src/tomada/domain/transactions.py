"""One movement of an account, normalised: whose view, which sign, which day."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from tomada.domain.annotations import Annotation
from tomada.domain.ids import AccountId, ItemId, TransactionId

Direction = Literal["DEBIT", "CREDIT"]


@dataclass(frozen=True, slots=True)
class Movement:
    """What the provider says of a movement, in our words.

    *signed_minor* is from the holder's view in the account's currency: negative leaves the
    person, positive reaches them, on cards as on bank accounts. *conflicting* marks a row whose
    sign and type disagree, or whose two amounts do; the type decides. *untyped* marks a row
    without a type that we know, whose direction is read from the sign. *inexact* marks an amount
    that had more decimals than its currency; the raw text is kept.
    """

    account_id: AccountId
    pluggy_id: str
    day: date
    instant: datetime
    direction: Direction
    signed_minor: int
    currency: str
    status: str
    order: int
    created_upstream: datetime
    conflicting: bool
    untyped: bool
    inexact: bool
    detail: "Detail"


@dataclass(frozen=True, slots=True)
class Detail:
    """What could tell who the person is or what they bought; always sealed at rest."""

    description: str
    merchant: str | None
    category: str | None
    category_id: str | None
    payment_method: str | None
    balance: str | None
    """The running balance as the provider wrote it, when it gave one."""
    amount_text: str
    """The provider's amount, as written."""
    installment: str | None
    """``3/10`` where the provider names the instalment."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A movement as the ledger holds it."""

    id: TransactionId
    item_id: ItemId
    movement: Movement
    first_seen_at: datetime
    gone_at: datetime | None
    dropped: bool = False
    """The bank never settled this authorisation and lists it no more."""
    annotation: Annotation = field(default_factory=Annotation)

    def standing(self, today: date) -> "Standing":
        """Tell what has become of it by *today*; only what is posted or pending counts in sums."""
        if self.dropped:
            return "expired"
        if self.gone_at is not None:
            return "gone"
        if self.movement.status != "PENDING":
            return "posted"
        return "scheduled" if self.movement.day > today else "pending"


View = Literal["ledger", "hidden", "expired"]
"""Which rows a list has: all that count, what a person took out of it, what the bank dropped."""

Standing = Literal["posted", "pending", "scheduled", "expired", "gone"]
"""Pluggy calls two things ``PENDING``: what is not settled yet, and what is planned for a later day.
The second is a class of its own and out of every sum until it is due."""


@dataclass(frozen=True, slots=True)
class TransactionPage:
    """Newest first; *next_cursor* is None on the last page."""

    transactions: tuple[Transaction, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """Income and spending of one civil month in minor units, both as magnitudes.

    Movements between the person's own accounts and card bill payments are left out, since they
    are neither; pending movements of the future are left out too.
    """

    month: date
    income_minor: int
    spending_minor: int
    currency: str


def signed(direction: Direction, amount: Decimal) -> Decimal:
    """Give *amount* the sign of the holder's view.

    Pluggy normalises ``type`` to the holder for bank accounts and cards alike, but a card
    purchase has a positive ``amount``; so the type decides and the sign is only compared.
    """
    # Copies, because arithmetic would round a long number to the context's digits.
    magnitude = amount.copy_abs()
    return magnitude.copy_negate() if direction == "DEBIT" else magnitude
