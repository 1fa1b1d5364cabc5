"""What a person gets in hand when they withdraw."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tomada.domain.ids import ConsentId, ItemId

History = Literal["erase", "keep"]

OVERDUE = timedelta(minutes=15)
"""Where Pluggy still has an item so long after the withdrawal, the operator is alerted."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was done at once: nothing is read any more, and these items are being ended."""

    id: str
    at: datetime
    institution: str
    history: History
    consents: tuple[ConsentId, ...]
    items: tuple[ItemId, ...]
    event_sha256: tuple[str, ...]
