"""A person's connection to one institution, and what may happen to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from tomada.domain.ids import ItemId

NextStep = Literal[
    "none", "wait", "reconnect", "answer", "authorize", "settle_at_bank", "choose_other"
]
"""What the person can do.

Nothing, wait, sign in again, answer the bank, approve at the bank; settle something at the bank
and then sign in again; connect another kind of account of the same bank.
"""
NEEDS_PERSON: frozenset[NextStep] = frozenset(
    {"reconnect", "answer", "authorize", "settle_at_bank", "choose_other"}
)

# What only the person can mend (``pluggy-api.md`` 4.3). Every other code passes by itself.
_BY_CODE: Mapping[str, NextStep] = MappingProxyType(
    {
        "INVALID_CREDENTIALS": "reconnect",
        "INVALID_CREDENTIALS_MFA": "reconnect",
        "USER_AUTHORIZATION_NOT_GRANTED": "reconnect",
        "USER_AUTHORIZATION_REVOKED": "reconnect",
        "USER_INPUT_TIMEOUT": "reconnect",
        "ALREADY_LOGGED_IN": "settle_at_bank",
        "ACCOUNT_LOCKED": "settle_at_bank",
        "ACCOUNT_CREDENTIALS_RESET": "settle_at_bank",
        "ACCOUNT_NEEDS_ACTION": "settle_at_bank",
        "USER_AUTHORIZATION_PENDING": "authorize",
        "USER_NOT_SUPPORTED": "choose_other",
    }
)

_BY_STATUS: Mapping[str, NextStep] = MappingProxyType(
    {
        "WAITING_USER_INPUT": "answer",
        "WAITING_USER_ACTION": "authorize",
        "UPDATING": "wait",
        "MERGING": "wait",
    }
)


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
    the bank by Pluggy, *synced_at* ours of Pluggy. *next_auto_sync_at* is None where Pluggy will
    not read the bank by itself.
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
    next_auto_sync_at: datetime | None = None

    @property
    def next_step(self) -> NextStep:
        """Say what the person should do now."""
        if self.status not in ("LOGIN_ERROR", "OUTDATED"):
            return _BY_STATUS.get(self.status, "none")
        # An outage passes by itself, unless nothing was ever read.
        passing = self.status == "OUTDATED" and self.last_updated_at is not None
        return _BY_CODE.get(self.error_code or "", "none" if passing else "reconnect")


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
