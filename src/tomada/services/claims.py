"""Items that events announce and nobody has: whose are they, within a budget of questions."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError, ProviderError, RefusedError
from tomada.domain.ids import ItemId
from tomada.services.binding import Binding
from tomada.store.access import AttemptRows
from tomada.store.consents import NonceRoutes
from tomada.store.inbox import InboxRows
from tomada.store.jobs import Jobs
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log

LOOKS_PER_MINUTE = 10
"""Other programs may use the same application, and whoever knows the secret may invent items."""
_MINUTE = timedelta(minutes=1)
_DOOR = hashlib.sha256(b"unknown items").digest()


@dataclass(frozen=True, slots=True)
class Claims:
    """Gives announced items to whoever's connect session made them."""

    store: Store
    clock: Clock
    binding: Binding

    async def claim(self, item_id: ItemId) -> None:
        """Find out whose an announced item is; an item of nobody's is left alone.

        Pluggy is asked only while some connect session could have made it, once for however many
        events came in so far, and for all unknown items together ten times a minute.
        """
        if await self.binding.owner(item_id) is not None:
            await self._adopt(item_id)
            return
        events = await self._unlooked(item_id)
        if not events:
            return
        try:
            await self.binding.bind(item_id)
        except (NotFoundError, RefusedError):
            log.info("item_unclaimed")
            async with self.store.begin() as tx:
                await InboxRows(tx).mark_looked(events)
        except ProviderError as error:
            log.warning("claim_failed", code=error.provider_code)
            async with self.store.begin() as tx:
                await Jobs(tx).claim(item_id, delay=timedelta(seconds=30))

    async def _unlooked(self, item_id: ItemId) -> list[str]:
        """Take one look from the budget for the events that came in since the last one.

        Where the budget is used up, the claim comes back in a minute.
        """
        async with self.store.begin() as tx:
            if not await NonceRoutes(tx).any_open(now=self.clock()):
                return []
            await AttemptRows(tx).lock([_DOOR])
            events = await InboxRows(tx).unlooked(item_id)
            if events and not await self._within_budget(tx):
                await Jobs(tx).claim(item_id, delay=_MINUTE)
                return []
        return events

    async def _within_budget(self, tx: Tx) -> bool:
        now = self.clock()
        looks, _ = await AttemptRows(tx).since(_DOOR, now - _MINUTE)
        if looks >= LOOKS_PER_MINUTE:
            return False
        await AttemptRows(tx).add(_DOOR, at=now)
        return True

    async def _adopt(self, item_id: ItemId) -> None:
        """Serve events that came in just before their item was bound."""
        async with self.store.begin() as tx:
            if await InboxRows(tx).adopt(item_id):
                await WorkRows(tx).want(item_id, full=False)
                await Jobs(tx).sync(item_id)
