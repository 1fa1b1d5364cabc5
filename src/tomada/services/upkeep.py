"""What the worker does by itself: nothing stays undone because a process died or a call was lost."""

from dataclasses import dataclass
from datetime import timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import ProviderError
from tomada.services.access import Access
from tomada.services.registration import Registration
from tomada.services.sync import Syncs
from tomada.store.consents import NonceRoutes
from tomada.store.inbox import InboxRows
from tomada.store.items import ItemRoutes, ItemRows
from tomada.store.jobs import Jobs
from tomada.store.syncs import SyncRows
from tomada.store.tx import Store
from tomada.store.work import WorkRows
from tomada.telemetry import log

UNCLAIMED = timedelta(hours=24)
OVERDUE = timedelta(hours=24)
BODIES_KEPT = timedelta(days=90)
KEYS_KEPT = timedelta(days=400)
"""For so long a repeat of an event is known as one."""
_PRUNED_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Chores; each is safe to run at any time and in several processes."""

    store: Store
    clock: Clock
    syncs: Syncs
    registration: Registration
    access: Access
    register_webhook: bool

    async def requeue(self) -> int:
        """Queue what is wanted and nobody does: what a dead process left; gives how many."""
        async with self.store.begin() as tx:
            left = await WorkRows(tx).left(now=self.clock())
            for item_id in left:
                await Jobs(tx).sync(item_id)
            # The claim that would have found them may have died with its process.
            for item_id in await InboxRows(tx).overlooked():
                await Jobs(tx).claim(item_id)
        if left:
            log.info("work_requeued", count=len(left))
        return len(left)

    async def read_overdue(self) -> int:
        """Want a full reading of items that nobody asked about for a day; gives how many.

        In between, all that is listed is compared without asking about the item itself.
        """
        async with self.store.begin() as tx:
            routes = await ItemRoutes(tx).all()
        overdue = 0
        for item_id, entity in routes:
            async with self.store.begin(entity) as tx:
                row = await ItemRows(tx).get(item_id)
                latest = await SyncRows(tx).latest_full(item_id)
            if row is None or row.syncing or row.status == "DELETED":
                continue
            if latest is None or self.clock() - latest >= OVERDUE:
                await self.syncs.want(entity, item_id, reason="schedule", full=True)
                overdue += 1
        async with self.store.begin() as tx:
            compared = await WorkRows(tx).to_compare(now=self.clock())
        for item_id, entity in compared:
            await self.syncs.want(entity, item_id, reason="comparison", full=True)
        return overdue

    async def tidy(self) -> None:
        """Drop what has expired."""
        now = self.clock()
        async with self.store.begin() as tx:
            await NonceRoutes(tx).drop_expired(now=now)
            await InboxRows(tx).drop_unbound(before=now - UNCLAIMED)
        await self._age_inbox()
        await self.access.sweep()

    async def _age_inbox(self) -> None:
        """Reduce old events to their keys, and forget very old ones, in small transactions."""
        now, more = self.clock(), True
        while more:
            async with self.store.begin() as tx:
                pruned = await InboxRows(tx).prune(before=now - BODIES_KEPT, at=now)
                gone = await InboxRows(tx).forget(before=now - KEYS_KEPT)
            more = _PRUNED_AT_ONCE in (pruned, gone)

    async def watch_webhook(self) -> None:
        """Check the webhook where no process did for an hour."""
        if self.register_webhook and await self.registration.due():
            await self.check_webhook()

    async def check_webhook(self) -> None:
        """See that Pluggy still delivers to us; raises ``ProviderError`` where that fails."""
        if self.register_webhook:
            try:
                await self.registration.ensure()
            except ProviderError as error:
                log.warning("webhook_unregistered", code=error.provider_code)
                raise
