"""The feed: what happened to an entity, and waiting for more."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from tomada.domain.feed import FeedEntry
from tomada.domain.ids import EntityId
from tomada.ports import Doorbell, Signals
from tomada.store.feed import FeedRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Feed:
    """Readers keep the last number they saw and ask for what came after it."""

    store: Store
    signals: Signals

    async def after(self, entity: EntityId, n: int, *, limit: int = 500) -> list[FeedEntry]:
        """List entries behind number *n*, in order; at most *limit*."""
        async with self.store.begin(entity) as tx:
            return await FeedRows(tx).after(n, limit=limit)

    async def head(self, entity: EntityId) -> int:
        """Give the last number, 0 where nothing happened yet."""
        async with self.store.begin(entity) as tx:
            return await FeedRows(tx).head()

    def listen(self, entity: EntityId) -> AbstractAsyncContextManager[Doorbell]:
        """Hear that something was added; a reader looks every two seconds all the same."""
        return self.signals.listen(entity)
