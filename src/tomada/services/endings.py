"""Ending items at Pluggy after a withdrawal: asked for again until Pluggy is seen without them."""

from dataclasses import dataclass
from datetime import timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError, ProviderError, TomadaError
from tomada.domain.ids import ItemId
from tomada.domain.revocations import OVERDUE
from tomada.pluggy import PluggyClient
from tomada.services.audit import Audit
from tomada.services.backoff import Backoff
from tomada.services.consent_log import ConsentLog
from tomada.services.provider import translated
from tomada.services.vault import Vault
from tomada.store.item_endings import EndingRow, EndingRows
from tomada.store.jobs import Jobs
from tomada.store.tx import Store
from tomada.telemetry import log

_ONE_TRY = timedelta(seconds=60)
"""Nobody else tries within this; a process that died in mid-try costs no more."""


@dataclass(frozen=True, slots=True)
class Endings:
    """Deletes items at Pluggy, for as long as it takes."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    pluggy: PluggyClient
    backoff: Backoff

    async def end(self, item_id: ItemId) -> None:
        """Delete an item at Pluggy if that is due, and look whether it is gone; safe to repeat."""
        now = self.clock()
        async with self.store.begin() as tx:
            ending = await EndingRows(tx).take(item_id, now=now, again_at=now + _ONE_TRY)
        if ending is None:
            return
        try:
            gone = await self._gone(item_id)
        except ProviderError as error:
            await self._later(ending, error)
            return
        if gone:
            await self._confirm(ending)
        else:
            await self._later(ending, None)

    async def sweep(self) -> None:
        """Try what is due and has no job any more."""
        async with self.store.begin() as tx:
            due = await EndingRows(tx).due(now=self.clock())
        for item_id in due:
            await self.end(item_id)

    async def _gone(self, item_id: ItemId) -> bool:
        try:
            with translated():
                await self.pluggy.delete_item(item_id)
        except NotFoundError:
            return True
        try:
            with translated():
                await self.pluggy.get_item(item_id)
        except NotFoundError:
            return True
        return False

    async def _later(self, ending: EndingRow, error: ProviderError | None) -> None:
        now = self.clock()
        pause = self.backoff.pause(ending.tries, asked=error.retry_after if error else None)
        late = now - ending.requested_at >= OVERDUE
        async with self.store.begin() as tx:
            alerted = now if late else None
            await EndingRows(tx).later(ending.item_id, at=now + pause, alerted_at=alerted)
            await Jobs(tx).end(ending.item_id, delay=pause)
        code = error.provider_code if error else "still_there"
        if late and ending.alerted_at is None:
            log.error("item_deletion_overdue", code=code, tries=ending.tries)
        else:
            log.warning("item_deletion_failed", code=code, tries=ending.tries)

    async def _confirm(self, ending: EndingRow) -> None:
        """Note it, with an event of the consent where the entity still has a key to seal it."""
        try:
            keys = await self.vault.keys(ending.owner)
        except TomadaError:
            async with self.store.begin() as tx:
                await EndingRows(tx).confirm(ending.item_id, at=self.clock())
            return
        async with self.store.begin(ending.owner) as tx:
            if not await EndingRows(tx).confirm(ending.item_id, at=self.clock()):
                return
            if ending.consent_id is not None:
                await ConsentLog(self.clock, self.audit).add(
                    tx,
                    keys,
                    ending.consent_id,
                    "provider_deletion_confirmed",
                    detail={"item": ending.item_id, "tries": ending.tries},
                )
