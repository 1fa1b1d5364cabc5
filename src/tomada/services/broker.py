"""The token broker of the guide: connections are kept sealed, opened for their entity, and revoked.

Its ``storeConnection`` is here only for an item that Pluggy says the entity made; nobody hands in a
connection of somebody else's. No credential of a bank is ever here: Pluggy holds those.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tomada.domain.access import Caller
from tomada.domain.ids import EntityId, ItemId
from tomada.domain.items import Item, ItemDetail
from tomada.domain.revocations import Receipt
from tomada.services.binding import Binding
from tomada.services.items import Items, known_as
from tomada.services.revocations import Revocations


@dataclass(frozen=True, slots=True)
class Connection:
    """An entity's way to one bank; *metadata* lies sealed by the entity's data key."""

    provider: Literal["pluggy"]
    entity: EntityId
    external_id: ItemId
    metadata: ItemDetail
    created: datetime
    last_sync: datetime | None


@dataclass(frozen=True, slots=True)
class TokenBroker:
    """Stores, gets and revokes connections; what it does stands in the audit of the entity."""

    binding: Binding
    items: Items
    revocations: Revocations

    async def store_connection(self, caller: Caller, item_id: str) -> Connection:
        """Keep an item as the caller's; one that is theirs already stays as it is.

        Raises as ``Binding.bind`` does, above all ``NotFoundError`` for what is not theirs.
        """
        item = known_as(item_id)
        if await self.binding.owner(item) != caller.entity_id:
            await self.binding.bind(item, caller=caller)
        return await self.get_connection(caller.entity_id, item)

    async def get_connection(self, entity: EntityId, item_id: str) -> Connection:
        """Open a connection for its entity; ``NotFoundError`` for an unknown or foreign one."""
        return _connection(entity, await self.items.get(entity, known_as(item_id)))

    async def revoke_connection(self, caller: Caller, item_id: str) -> Receipt:
        """End a connection here at once, and at Pluggy for certain; gives the receipt.

        The audit has ``open_finance_connection_revoked``. Raises ``NotFoundError``.
        """
        return await self.revocations.of_item(caller, item_id)


def _connection(entity: EntityId, item: Item) -> Connection:
    return Connection("pluggy", entity, ItemId(item.id), item.detail, item.bound_at, item.synced_at)
