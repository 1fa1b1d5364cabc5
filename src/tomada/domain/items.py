"""A person's connection to one institution, and what may happen to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.ids import ItemId

NextStep = Literal["none", "wait", "reconnect", "answer", "authorize"]
"""What the person can do: nothing, wait, sign in again, answer the bank, approve at the bank."""


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """Which institution it is and what it said; sealed at rest."""

    connector_id: int
    institution: str
    color: str | None
    image_url: str | None
    error_message: str | None
    provider_message: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """One connection.

    *status* and *execution_status* are Pluggy's; *last_updated_at* is the last good reading of
    the bank by Pluggy, *synced_at* ours of Pluggy.
    """

    id: ItemId
    status: str
    execution_status: str
    error_code: str | None
    last_updated_at: datetime | None
    synced_at: datetime | None
    bound_at: datetime
    detail: ItemDetail
    syncing: bool

    @property
    def next_step(self) -> NextStep:
        """Say what the person should do now."""
        match self.status:
            case "LOGIN_ERROR":
                return "reconnect"
            case "WAITING_USER_INPUT":
                return "answer"
            case "WAITING_USER_ACTION":
                return "authorize"
            case "UPDATING" | "MERGING":
                return "wait"
            case "OUTDATED" if self.last_updated_at is None:
                return "reconnect"
            case _:
                return "none"


@dataclass(frozen=True, slots=True)
class Institution:
    """A bank a person can choose."""

    connector_id: int
    name: str
    color: str | None
    image_url: str | None
    kind: str
    is_open_finance: bool
    is_sandbox: bool
    online: bool

    @property
    def initials(self) -> str:
        """Two letters for where no logo can be shown."""
        words = [w for w in self.name.split() if w[:1].isalnum()]
        return "".join(w[0] for w in words[:2]).upper() or "?"
