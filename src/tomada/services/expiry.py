"""Telling the person ahead that their authorisation at a bank ends."""

from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from tomada.domain.clock import Clock, bank_day
from tomada.domain.consents import warning_due
from tomada.domain.ids import NotificationId
from tomada.domain.items import Item
from tomada.domain.notifications import NotificationText
from tomada.services.sealed import seal
from tomada.services.vault import Keys
from tomada.store.feed import FeedRows
from tomada.store.notifications import EXPIRY, NotificationRow, NotificationRows
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Expiry:
    """Warns thirty, seven and one day ahead; every item is looked at at least once a day."""

    clock: Clock

    async def about(self, tx: Tx, keys: Keys, item: Item, *, ends: datetime | None) -> None:
        """Warn where it is time, once for each distance and end; what was renewed is settled.

        *ends* is ``consentExpiresAt``; None is an authorisation without an end.
        """
        rows, now = NotificationRows(tx), self.clock()
        ahead = warning_due(ends, now)
        if ahead is None or ends is None:
            await rows.settle(item.id, at=now, expiry=True)
            return
        cause = f"{EXPIRY}{ends.isoformat()}/{ahead.days}"
        if await rows.last_cause(item.id, expiry=True) == cause:
            return
        row_id = NotificationId(uuid7())
        sealed = seal(keys, "notifications", row_id, _text(item.detail.institution, ends))
        await rows.add(NotificationRow(row_id, "info", item.id, cause, now, None, sealed))
        await FeedRows(tx).append([("notification", {"notificationId": str(row_id)})], at=now)


def _text(institution: str, ends: datetime) -> NotificationText:
    day = bank_day(ends)
    return NotificationText(
        title="Autorização perto do fim",
        message=f"A autorização em {institution} termina em {day:%d/%m/%Y}. Renove para que os"
        " lançamentos continuem chegando. O que já está aqui fica.",
        action="reconnect",
        action_required=True,
    )
