"""What a person is told, in pt-BR."""

from dataclasses import dataclass
from datetime import datetime
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
