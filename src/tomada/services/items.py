"""Connections as the person sees them, and what Pluggy says of one."""

from dataclasses import dataclass

from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId, ItemId, is_pluggys
from tomada.domain.items import Item, ItemDetail
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.normalise import item_detail
from tomada.services.sealed import seal, unseal
from tomada.services.vault import Keys, Vault
from tomada.store.items import ItemRow, ItemRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Items:
    """The connections of the installation's entities."""

    store: Store
    vault: Vault

    async def list(self, entity: EntityId) -> list[Item]:
        """List them, oldest first."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            rows = await ItemRows(tx).all()
        return [opened(keys, row) for row in rows]

    async def get(self, entity: EntityId, item_id: ItemId) -> Item:
        """Find one; raises ``NotFoundError`` for an unknown or foreign one."""
        item_id = known_as(item_id)
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            row = await ItemRows(tx).get(item_id)
        if row is None:
            raise NotFoundError("there is no such connection")
        return opened(keys, row)


def known_as(text: str) -> ItemId:
    """Take what a caller sent for an item's id; raises ``NotFoundError`` for what can be none."""
    if not is_pluggys(text):
        raise NotFoundError("there is no such connection")
    return ItemId(text)


def opened(keys: Keys, row: ItemRow) -> Item:
    """Open a stored item."""
    return Item(
        id=row.id,
        status=row.status,
        execution_status=row.execution_status,
        error_code=row.error_code,
        last_updated_at=row.last_updated_at,
        synced_at=row.synced_at,
        bound_at=row.bound_at,
        detail=unseal(keys, "items", row.id, row.sealed, ItemDetail),
        syncing=row.syncing,
        next_auto_sync_at=row.next_auto_sync_at,
    )


def with_status(keys: Keys, row: ItemRow, item: PluggyItem) -> ItemRow:
    """Give the row as Pluggy describes the item now.

    The error code is the execution's, because ``error`` is absent while a new run goes on.
    """
    detail = item_detail(item)
    return ItemRow(
        id=row.id,
        consent_id=row.consent_id,
        institution_digest=row.institution_digest,
        status=item.status,
        execution_status=item.execution_status or "",
        error_code=item.error.code if item.error is not None else None,
        last_updated_at=item.last_updated_at,
        synced_at=row.synced_at,
        bound_at=row.bound_at,
        sealed=seal(keys, "items", row.id, detail),
        syncing=row.syncing,
        next_auto_sync_at=item.next_auto_sync_at,
    )
