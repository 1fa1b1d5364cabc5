"""The inbox in words: what state an event is in, and which events are meant."""

from dataclasses import dataclass
from datetime import datetime

STATES = ("new", "parked", "unbound", "quarantined", "done")
"""Waiting; waiting for somebody's word; of an item nobody owns; set aside; served."""
DEAD = ("parked", "quarantined")
"""What nobody comes for by itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its kind, its state, and how it came; nothing of what it says."""

    event_id: str
    event: str
    item_id: str | None
    state: str
    reason: str | None
    source: str | None
    received_at: datetime
    done_at: datetime | None
    duplicates: int
    conflicts: int
    replays: int
    replayed_at: datetime | None
    pruned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are meant; what is empty or None does not narrow."""

    states: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()
    item_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing narrows it."""
        return self == Selection()
