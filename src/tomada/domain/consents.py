"""What a person agreed to: which bank, which data, for what, until when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from tomada.domain.ids import ConsentId

ConsentStatus = Literal["granted", "active", "revoked", "expired", "superseded", "ended"]
ConsentEventKind = Literal[
    "granted",
    "active",
    "superseded",
    "revoked_here",
    "revoked_at_bank",
    "expired",
    "ended_by_deletion",
    "provider_deletion_confirmed",
]

NOTICE_VERSION = "2026-11.3"
"""The notice of today; other words, purposes or products need another one."""
EARLIER_VERSIONS = {"2026-11.2": datetime(2027, 3, 1, tzinfo=UTC)}
"""Notices before, and until when data may still be read under them; then it is asked anew."""

WARNED_AHEAD = (timedelta(days=1), timedelta(days=7), timedelta(days=30))
"""How long before its end a person is told of it, each time once; the shortest first."""


def accepted_versions(now: datetime) -> list[str]:
    """Name the notices under which data may be read at *now*."""
    return [NOTICE_VERSION, *(name for name, end in EARLIER_VERSIONS.items() if now < end)]


@dataclass(frozen=True, slots=True)
class NoticePurpose:
    """One switch of a notice: *label* stands beside it, *text* says what it is for."""

    code: str
    label: str
    text: str
    basis: str
    mandatory: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """The text a person reads before agreeing, for one institution.

    *sha256* is over the exact text shown, *form_sha256* over the switches as they were laid out,
    so that the record can prove what was read and what was done.
    """

    version: str
    locale: str
    institution: str
    title: str
    paragraphs: tuple[tuple[str, str], ...]
    """Heading and text of each part: what, from where, what for, how long, how to withdraw."""
    purposes: tuple[NoticePurpose, ...]
    adult_label: str
    agree_label: str
    sha256: str
    form_sha256: str


@dataclass(frozen=True, slots=True)
class Act:
    """How the person agreed or withdrew: evidence, without what would follow them around.

    *session* is a digest, *network* an address's /24 or /48, *agent* the browser's family.
    """

    control: str = "api"
    channel: str = "api"
    session: str = ""
    network: str = ""
    agent: str = ""
    strength: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """The record of one agreement; *granted* becomes *active* when a connection is bound.

    *review_at* is when we ask ourselves whether the purpose still holds.
    """

    id: ConsentId
    connector_id: int
    institution: str
    status: ConsentStatus
    notice_version: str
    granted_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    purposes: tuple[str, ...] = ()
    review_at: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        """Tell whether data may be read under it at *now*."""
        return (
            self.status in ("granted", "active")
            and now < self.valid_until
            and self.notice_version in accepted_versions(now)
        )


def warning_due(ends: datetime | None, now: datetime) -> timedelta | None:
    """Give how far ahead of *ends* the warning is that is due now; None where none is.

    The shortest of ``WARNED_AHEAD`` that has begun, so that nobody is told of thirty days when one
    is left. An authorisation that has ended is not warned of: it is an error of the connection.
    """
    if ends is None or ends <= now:
        return None
    return next((ahead for ahead in WARNED_AHEAD if ends - now <= ahead), None)
