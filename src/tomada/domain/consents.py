"""What a person agreed to: which bank, which data, for what, until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.ids import ConsentId

ConsentStatus = Literal["granted", "active", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class Notice:
    """The text a person reads before agreeing, for one institution.

    *sha256* is over the exact text shown, so that the record can prove what was read.
    """

    version: str
    locale: str
    institution: str
    title: str
    paragraphs: tuple[tuple[str, str], ...]
    """Heading and text of each part: what, from where, what for, how long, how to withdraw."""
    agree_label: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Consent:
    """The record of one agreement; *granted* becomes *active* when a connection is bound."""

    id: ConsentId
    connector_id: int
    institution: str
    status: ConsentStatus
    notice_version: str
    granted_at: datetime
    valid_until: datetime
    revoked_at: datetime | None

    def in_force(self, now: datetime) -> bool:
        """Tell whether data may be read under it at *now*."""
        return self.status in ("granted", "active") and now < self.valid_until
