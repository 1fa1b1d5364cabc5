"""One reading of an item into the ledger, visible from its request to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.ids import ItemId, SyncId

SyncState = Literal["queued", "running", "done", "failed"]
SyncReason = Literal["user", "webhook", "first", "schedule", "recovery"]


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
