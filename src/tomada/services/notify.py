"""Telling the person what they should know of a connection, in pt-BR."""

from dataclasses import dataclass

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.documents import without_documents
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId, NotificationId
from tomada.domain.items import NEEDS_PERSON, Item
from tomada.domain.notifications import Notification, NotificationText, NotificationType
from tomada.pluggy.execution import explain
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.feed import FeedRows
from tomada.store.notifications import NotificationRow, NotificationRows
from tomada.store.tx import Store, Tx

_WAITING = ("WAITING_USER_INPUT", "WAITING_USER_ACTION")
_WELL = "UPDATED"
_AGAIN = ("reconnect", "settle_at_bank")


@dataclass(frozen=True, slots=True)
class Notifications:
    """The notices of the installation's entities."""

    store: Store
    vault: Vault
    clock: Clock

    async def list(self, entity: EntityId, *, limit: int = 50) -> list[Notification]:
        """List the newest."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await NotificationRows(tx).all(limit=limit)
        return [
            Notification(
                id=row.id,
                type="error" if row.type == "error" else "info",
                item_id=row.item_id,
                text=unseal(keys, "notifications", row.id, row.sealed, NotificationText),
                at=row.at,
                read_at=row.read_at,
            )
            for row in rows
        ]

    async def mark_read(self, caller: Caller, notification_id: NotificationId) -> None:
        """Mark one as read; raises ``NotFoundError`` for an unknown or foreign one."""
        async with self.store.begin(caller.entity_id) as tx:
            if not await NotificationRows(tx).mark_read(notification_id, at=self.clock()):
                raise NotFoundError("there is no such notification")

    async def about(self, tx: Tx, keys: Keys, item: Item) -> None:
        """Tell of an item's state where the person should know, once for each cause.

        The same thing is not told again, whether or not its notice was read; once the item is
        well again its notices count as read, and what happens then is news.
        """
        rows, now = NotificationRows(tx), self.clock()
        if item.status == _WELL:
            await rows.settle(item.id, at=now)
            return
        told = _text(item)
        if told is None:
            return
        kind, text = told
        cause = f"{item.status}/{item.error_code or ''}"
        if await rows.last_cause(item.id) == cause:
            return
        row_id = NotificationId(uuid7())
        sealed = seal(keys, "notifications", row_id, text)
        await rows.add(NotificationRow(row_id, kind, item.id, cause, now, None, sealed))
        await FeedRows(tx).append([("notification", {"notificationId": str(row_id)})], at=now)


def _text(item: Item) -> tuple[NotificationType, NotificationText] | None:
    name = item.detail.institution
    if item.status in _WAITING:
        return "info", NotificationText(
            title="Ação Necessária",
            message=f"{name} pede uma nova autenticação. Clique para reconectar.",
            action="reconnect",
            action_required=True,
        )
    if item.error_code is None:
        return None
    reason = explain(item.error_code).pt
    if item.detail.provider_message:
        reason = f"{reason} Mensagem do banco: {without_documents(item.detail.provider_message)}"
    return "error", NotificationText(
        title="Erro de Conexão Bancária",
        message=f"{name}: {reason}",
        # The others act at the bank, or choose another connection.
        action="reconnect" if item.next_step in _AGAIN else None,
        action_required=item.next_step in NEEDS_PERSON,
    )
