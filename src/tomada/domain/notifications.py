"""What a person is told, in pt-BR."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from tomada.domain.ids import ItemId, NotificationId

NotificationType = Literal["error", "info"]


@dataclass(frozen=True, slots=True)
class NotificationText:
    """The words of a notification; sealed at rest, since they name the institution."""

    title: str
    message: str
    action: Literal["reconnect"] | None
    action_required: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """One notice to the person about an item."""

    id: NotificationId
    type: NotificationType
    item_id: ItemId | None
    text: NotificationText
    at: datetime
    read_at: datetime | None


Language = Literal["pt-BR", "en"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants to be told: by mail or not, in which language, in how many words.

    Without *details* a letter holds nothing that a bank wrote: no message, no description, no
    amount, no document.
    """

    email: bool = True
    language: Language = "pt-BR"
    details: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told by mail.

    *code* is the bank's reason of an ``error``, *ends* the day an ``expiry`` is about, *said* the
    bank's own words, for those who want them.
    """

    kind: Literal["error", "waiting", "expiry", "first"]
    item_id: ItemId
    institution: str
    reconnect: bool = False
    code: str = ""
    ends: date | None = None
    said: str | None = None
