"""An entity's numbered list of what happened, without gaps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FeedKind = Literal[
    "transactions.new",
    "transactions.changed",
    "transactions.gone",
    "item.status",
    "open_finance.sync_completed",
    "notification",
]


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line: *n* counts from 1 per entity; *data* has ids and counts, nothing personal."""

    n: int
    kind: FeedKind
    at: datetime
    data: dict[str, object]
