"""What the operator says to the removal of many rows at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId
from tomada.domain.removals import Removal
from tomada.services.audit import Audit
from tomada.services.pages import Effects, tell
from tomada.store.absences import AbsenceRows
from tomada.store.items import ItemRoutes
from tomada.store.removals import RemovalRows
from tomada.store.transactions import TransactionRows
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log


@dataclass(frozen=True, slots=True)
class Removals:
    """The operator's side: every entity's removals, ids and counts only."""

    store: Store
    clock: Clock
    audit: Audit

    async def list(self) -> list[Removal]:
        """List all of them, those that wait first, then the newest."""
        found: list[Removal] = []
        async for entity in self._entities():
            async with self.store.begin(entity) as tx:
                found += await RemovalRows(tx).all()
        return sorted(found, key=lambda one: (one.state != "waiting", -one.asked_at.timestamp()))

    async def approve(self, removal_id: UUID) -> int:
        """Remove the rows that are still missing; gives how many.

        Raises ``NotFoundError`` where no such removal waits.
        """
        return await self._decide(removal_id, approve=True)

    async def refuse(self, removal_id: UUID) -> int:
        """Keep the rows, and do not ask about them again unless they come back and go once more.

        Raises ``NotFoundError`` where no such removal waits.
        """
        return await self._decide(removal_id, approve=False)

    async def _decide(self, removal_id: UUID, *, approve: bool) -> int:
        async for entity in self._entities():
            async with self.store.begin(entity) as tx:
                item_id = await RemovalRows(tx).item_of(removal_id)
            if item_id is None:
                continue
            async with self.store.begin(entity) as tx:
                # A run of the item waits, or is waited for: it may find the rows again.
                await WorkRows(tx).lock(item_id)
                return await self._close(tx, removal_id, approve=approve)
        raise NotFoundError("there is no such removal")

    async def _close(self, tx: Tx, removal_id: UUID, *, approve: bool) -> int:
        now = self.clock()
        word: Literal["approved", "refused"] = "approved" if approve else "refused"
        closed = await RemovalRows(tx).decide(removal_id, word, at=now)
        if closed is None:
            raise NotFoundError("this removal does not wait any more")
        removal, rows = closed
        if approve:
            still = await AbsenceRows(tx).still(rows)
            gone = await TransactionRows(tx).bury(
                removal.account_id, still, at=now, reason="absent"
            )
            effects = Effects(read=0, added=(), changed=(), gone=tuple(gone), newest=None)
            await tell(tx, removal.item_id, removal.account_id, effects, now=now)
            count = len(gone)
        else:
            await AbsenceRows(tx).keep(rows)
            count = len(rows)
        await self.audit.write(
            tx, f"removal_{word}", subject=("account", removal.account_id), data={"rows": count}
        )
        log.info("removal_decided", outcome=word, rows=count)
        return count

    async def _entities(self) -> AsyncIterator[EntityId]:
        async with self.store.begin() as tx:
            routes = await ItemRoutes(tx).all()
        for entity in sorted({entity for _, entity in routes}):
            yield entity
