"""One reading of an item into the ledger, visible from its request to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.ids import ItemId, SyncId
from tomada.domain.items import NextStep
from tomada.domain.products import Product

SyncState = Literal["queued", "running", "done", "failed"]
SyncStep = NextStep | Literal["agree", "connect"]
"""What the person can do after a sync: also agree anew, or connect the bank anew."""
SyncReason = Literal["user", "webhook", "first", "schedule", "comparison", "recovery", "refresh"]


@dataclass(frozen=True, slots=True)
class ProductCounts:
    """What a sync did with one product; *error_code* says why it could not be read."""

    product: Product
    read: int
    added: int
    changed: int
    gone: int
    error_code: str | None


@dataclass(frozen=True, slots=True)
class Sync:
    """State and counts; *accounts* and *transactions* are rows read, the rest are effects."""

    id: SyncId
    item_id: ItemId
    state: SyncState
    reason: SyncReason
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    accounts: int
    transactions: int
    added: int
    changed: int
    gone: int
    error_code: str | None
    products: tuple[ProductCounts, ...] = ()

    def next_step(self, item: NextStep) -> SyncStep:
        """Say what the person can do now, given what can be done about the *item*."""
        if self.state in ("queued", "running"):
            return "wait"
        if self.error_code == "consent_required":
            return "agree"
        if self.error_code == "item_deleted":
            return "connect"
        # What failed is tried again by itself.
        return "wait" if self.state == "failed" and item == "none" else item
