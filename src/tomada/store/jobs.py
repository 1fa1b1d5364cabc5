"""Queueing work in the transaction that makes it necessary."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from tomada.domain.ids import ItemId
from tomada.store.tx import Tx

SYNC_ITEM = "sync_item"
CLAIM_ITEM = "claim_item"
END_ITEM = "end_item"
PRIVACY = "privacy_request"


@dataclass(frozen=True, slots=True)
class Jobs:
    """The queue, seen from inside a transaction: a job exists if and only if it commits."""

    tx: Tx

    async def sync(self, item_id: ItemId, *, delay: timedelta | None = None) -> None:
        """Have the item's wanted work done."""
        await self._add(SYNC_ITEM, item_id, delay)

    async def claim(self, item_id: ItemId, *, delay: timedelta | None = None) -> None:
        """Have it found out whose a yet unknown item is."""
        await self._add(CLAIM_ITEM, item_id, delay)

    async def end(self, item_id: ItemId, *, delay: timedelta | None = None) -> None:
        """Have an item deleted at Pluggy."""
        await self._add(END_ITEM, item_id, delay)

    async def privacy(self, request_id: UUID) -> None:
        """Have a copy made or an entity erased."""
        await self._add(PRIVACY, str(request_id), None)

    async def _add(self, name: str, item_id: str, delay: timedelta | None) -> None:
        queries = Queries(AsyncpgDriver(self.tx.conn))
        await queries.enqueue(name, item_id.encode(), execute_after=delay)
