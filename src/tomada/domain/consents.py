"""What a person agreed to: which bank, which data, for what, until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tomada.domain.ids import ConsentId

ConsentStatus = Literal["granted", "active", "revoked", "expired"]

WARNED_AHEAD = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""How long before its end a person is told of it, each time once; the shortest first."""


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


def warning_due(ends: datetime | None, now: datetime) -> timedelta | None:
    """Give how far ahead of *ends* the warning is that is due now; None where none is.

    The shortest of ``WARNED_AHEAD`` that has begun, so that nobody is told of thirty days when one
    is left. An authorisation that has ended is not warned of: it is an error of the connection.
    """
    if ends is None or ends <= now:
        return None
    return next((ahead for ahead in WARNED_AHEAD if ends - now <= ahead), None)
