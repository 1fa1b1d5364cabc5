"""An entity's numbered list of what happened, without gaps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

FeedKind = Literal[
    "transactions.new",
    "transactions.changed",
    "transactions.gone",
    "accounts.changed",
    "bills.changed",
    "balance_case.opened",
    "balance_case.closed",
    "investments.changed",
    "investment_transactions.changed",
    "loans.changed",
    "identity.changed",
    "bank_consents.changed",
    "item.status",
    "open_finance.sync_completed",
    "open_finance.sync_failed",
    "notification",
]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line: *n* counts from 1 per entity; *data* has ids and counts, nothing personal."""

    n: int
    kind: FeedKind
    at: datetime
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Ring:
    """What is told of a commit that added to a feed: whose it is, and how many new movements."""

    entity: UUID
    new: int
    at: datetime


def channel(entity: UUID) -> str:
    """Name the channel on which an entity's feed is rung."""
    return f"tomada_{entity.hex}"
