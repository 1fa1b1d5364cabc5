"""Rows that vanished from a complete reading, and when that is proof enough to remove them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from tomada.domain.ids import AccountId, EntityId, ItemId

APART = timedelta(hours=6)
"""Two complete readings without a row prove something only if they lie so far apart."""
KEPT = timedelta(days=400)
"""How long a tombstone is kept."""
FEW = 20
"""So many rows of an account may go at once without anybody being asked."""
_PERCENT = 5

RemovalState = Literal["waiting", "approved", "refused", "lapsed"]


@dataclass(frozen=True, slots=True)
class Removal:
    """Many rows of one account that are absent at Pluggy; they go only if the operator agrees.

    *live* is how many rows the account had when it was asked. A removal lapses by itself where
    the rows are back.
    """

    id: UUID
    entity_id: EntityId
    item_id: ItemId
    account_id: AccountId
    state: RemovalState
    asked_at: datetime
    decided_at: datetime | None
    live: int
    rows: int


def needs_approval(*, going: int, live: int) -> bool:
    """Tell whether so many rows of an account are too many to go without the operator's word.

    All of them are too many however few they are: a list that came empty looks the same.
    """
    return going >= live or going > max(FEW, live * _PERCENT // 100)
