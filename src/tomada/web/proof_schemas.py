"""The shapes of the balance proof."""

from datetime import date
from decimal import Decimal
from typing import Literal

from tomada.web.schemas import Instant, Shape

CauseWord = Literal[
    "direction", "duplicate", "pending_counted", "date_window", "investment", "late_rows",
    "missing_rows", "unknown",
]  # fmt: skip


class BalanceCaseShape(Shape, frozen=True):
    """A balance that the rows do not explain.

    *difference* is what the bank reports beyond what anchor and rows say. *after* and *before*
    are transactions between which it is missing, where running balances tell. *closed_at* is set
    once it has resolved itself.
    """

    id: str
    account_id: str
    state: Literal["open", "closed"]
    currency: str
    difference: Decimal
    difference_minor: int
    cause: CauseWord
    since: Instant
    seen_at: Instant
    closed_at: Instant | None
    after: str | None
    before: str | None


class BalanceProofShape(Shape, frozen=True):
    """How an account's proof stands; *opening* is the balance before *first_day*, a figure.

    *state* is ``waiting`` until the history is whole.
    """

    account_id: str
    state: Literal["proven", "open", "waiting"]
    currency: str
    first_day: date | None
    opening: Decimal | None
    opening_minor: int | None


class BalanceCasesShape(Shape, frozen=True):
    """Cases, the open ones first, and how each bank account's proof stands."""

    cases: list[BalanceCaseShape]
    proofs: list[BalanceProofShape]
