"""Notices to the person as the bell shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.notifications import Notification
from tomada.web.dashboard import wording
from tomada.web.dashboard.catalogue import Texts


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; *reconnect* is the item to open in update mode."""

    id: str
    kind: Literal["error", "info"]
    title: str
    message: str
    at: datetime
    ago: str
    unread: bool
    reconnect: str | None


def show_notices(
    notifications: Sequence[Notification], *, now: datetime, texts: Texts
) -> tuple[Notice, ...]:
    """Put notices into words, newest first as they come."""
    return tuple(
        Notice(
            id=str(one.id),
            kind=one.type,
            title=one.text.title,
            message=one.text.message,
            at=one.at,
            ago=wording.ago(one.at, now, texts),
            unread=one.read_at is None,
            reconnect=one.item_id if one.text.action == "reconnect" else None,
        )
        for one in notifications
    )
