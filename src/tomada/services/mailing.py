"""Notices by mail: the person's, several in one letter, and the operator's apart.

Each entity's notices are read from its feed, so that none is lost and none is told while nobody
knows whether its cause was committed. A first notice is sent at once; what comes within the hour
after a letter is gathered into the next.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID

from tomada.domain.clock import Clock, bank_day
from tomada.domain.feed import FeedEntry, FeedKind
from tomada.domain.ids import EntityId, ItemId, NotificationId
from tomada.domain.items import NEEDS_PERSON, Item
from tomada.domain.notifications import Notice
from tomada.domain.outgoing import ChannelId, UndeliveredError, pause_after
from tomada.ports import Mailer
from tomada.services.items import opened
from tomada.services.letters import letter
from tomada.services.profiles import Profiles
from tomada.services.vault import Vault
from tomada.store.feed import FeedRows
from tomada.store.items import ItemRows
from tomada.store.notifications import EXPIRY, NotificationRow, NotificationRows
from tomada.store.outbox import Outbox
from tomada.store.preferences import Addressee, PreferenceRows
from tomada.store.tx import Store, Tx
from tomada.telemetry import log

BETWEEN_LETTERS = timedelta(hours=1)
_LEASE = timedelta(minutes=5)
_ENTITIES = 50
_ENTRIES = 500
_NEW = timedelta(hours=24)
"""For so long after it was bound a connection's first reading is news."""
_TOLD: tuple[FeedKind, ...] = ("notification", "open_finance.sync_completed")
_TARGET = hashlib.sha256(b"mail").digest()


@dataclass(frozen=True, slots=True)
class Mailing:
    """Letters to persons and to the operator."""

    store: Store
    vault: Vault
    clock: Clock
    mailer: Mailer
    origin: str
    operator: str

    async def deliver(self) -> int:
        """Send what is to be sent now; gives how many letters were taken."""
        await self._alert()
        async with self.store.begin() as tx:
            outbox, now = Outbox(tx, ChannelId.MAIL), self.clock()
            since = (await outbox.set_up(_TARGET, at=now)).started_at
            due = await outbox.due(now=now, limit=_ENTITIES)
        return sum([await self._tell(entity, since=since) for entity in due])

    async def _tell(self, entity: EntityId, *, since: datetime) -> int:
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            outbox, now = Outbox(tx, ChannelId.MAIL), self.clock()
            cursor = await outbox.claim(entity, now=now, until=now + _LEASE)
            if cursor is None:
                return 0
            entries = await FeedRows(tx).after(cursor.done, limit=_ENTRIES)
            news = [one for one in entries if one.kind in _TOLD and one.at >= since]
            rows = await ItemRows(tx).all() if news else []
            items = {row.id: opened(keys, row) for row in rows}
            notices = await self._notices(tx, news, items)
            readers = await PreferenceRows(tx).addressees() if notices else []
        name = f"notices-{entity.hex}-{cursor.done}"
        try:
            for reader in readers:
                await self._write(reader, notices, name)
        except UndeliveredError as error:
            pause = pause_after(cursor.tries + 1, SystemRandom())
            async with self.store.begin() as tx:
                outbox = Outbox(tx, ChannelId.MAIL)
                await outbox.refused(entity, not_before=self.clock() + pause)
            log.warning("mail_refused", why=error.why, tries=cursor.tries + 1)
            return 0
        pause_until = self.clock() + BETWEEN_LETTERS if readers else None
        last = entries[-1].n if entries else cursor.done
        async with self.store.begin() as tx:
            outbox = Outbox(tx, ChannelId.MAIL)
            await outbox.told(entity, last, until=None, not_before=pause_until)
        return len(readers)

    async def _write(self, reader: Addressee, notices: Sequence[Notice], name: str) -> None:
        profile = Profiles(self.vault).open(reader.user_id, reader.sealed)
        wishes = reader.wishes
        subject, text = letter(
            notices, language=wishes.language, details=wishes.details, origin=self.origin
        )
        message_id = f"{name}-{reader.user_id.hex}"
        await self.mailer.mail(profile.email, subject, text, message_id=message_id)

    async def _notices(
        self, tx: Tx, entries: Sequence[FeedEntry], items: dict[ItemId, Item]
    ) -> list[Notice]:
        """Tell what the entries are about, for connections that are still there."""
        ids = [
            NotificationId(UUID(str(one.data["notificationId"])))
            for one in entries
            if one.kind == "notification"
        ]
        rows = await NotificationRows(tx).some(ids)
        notices = [_notice(row, items[row.item_id]) for row in rows if row.item_id in items]
        done = {
            ItemId(str(one.data["itemId"]))
            for one in entries
            if one.kind == "open_finance.sync_completed" and one.data.get("errorCode") is None
        }
        new = [
            items[one]
            for one in sorted(done)
            if one in items and self.clock() - items[one].bound_at <= _NEW
        ]
        notices += [
            Notice("first", item.id, item.detail.institution)
            for item in new
            if await _first(tx, item, entries)
        ]
        return notices

    async def _alert(self) -> None:
        """Tell the operator, once, that the product takes no messages any more."""
        if not self.operator:
            return
        async with self.store.begin() as tx:
            stopped = await Outbox(tx, ChannelId.PRODUCT).to_be_alerted()
        if stopped is None:
            return
        text = (
            f"Since {stopped:%Y-%m-%d %H:%M} UTC nothing is sent to the product's webhook: it took"
            " no message for five days, or answered 410.\n\nNothing is lost. Once it takes messages"
            " again: tomada outgoing resume\n"
        )
        try:
            await self.mailer.mail(
                self.operator,
                "Tomada: the product's webhook is stopped",
                text,
                message_id=f"alert-product-{int(stopped.timestamp())}",
            )
        except UndeliveredError as error:
            log.warning("alert_refused", why=error.why)
            return
        async with self.store.begin() as tx:
            await Outbox(tx, ChannelId.PRODUCT).alerted(at=self.clock())


def _notice(row: NotificationRow, item: Item) -> Notice:
    bank = item.detail.institution
    if row.cause.startswith(EXPIRY):
        ends = datetime.fromisoformat(row.cause.removeprefix(EXPIRY).rpartition("/")[0])
        return Notice("expiry", item.id, bank, reconnect=True, ends=bank_day(ends))
    status, _, code = row.cause.partition("/")
    if status.startswith("WAITING_"):
        return Notice("waiting", item.id, bank, reconnect=True)
    return Notice(
        "error",
        item.id,
        bank,
        reconnect=item.next_step in NEEDS_PERSON,
        code=code,
        said=item.detail.provider_message,
    )


async def _first(tx: Tx, item: Item, entries: Sequence[FeedEntry]) -> bool:
    """Tell whether the first good reading of the connection is among the entries."""
    first = await FeedRows(tx).first_sync(item.id)
    return first is not None and any(one.n == first for one in entries)
