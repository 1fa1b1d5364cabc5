"""One run over an item: read from Pluggy, apply page by page, tell what happened.

A run never holds a transaction while it waits for Pluggy. Every transaction that writes checks
the run's fencing number first, so a run that was overtaken stops without writing.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from tomada.domain.errors import (
    NotFoundError,
    ProviderError,
    StaleWriterError,
    TomadaError,
)
from tomada.domain.ids import ItemId
from tomada.pluggy import PluggyClient, sharing
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.absences import GOING_ON
from tomada.services.cards import PaymentLinker
from tomada.services.freshness import FreshnessKeeper
from tomada.services.proofs import Prover
from tomada.services.provider import translated
from tomada.services.round import Rounds
from tomada.services.runs import Run, Runs
from tomada.telemetry import correlated, log, where

_RENEW_EVERY = 2.0
_GONE = "DELETED"
"""Our word for an item that Pluggy no longer knows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The worker's side of a sync."""

    runs: Runs
    rounds: Rounds
    freshness: FreshnessKeeper
    prover: Prover
    linker: PaymentLinker
    pluggy: PluggyClient
    holder: UUID
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, item_id: ItemId) -> None:
        """Do what is wanted for an item, if nobody else does it; safe to call at any time.

        What fails at Pluggy is tried again later, with growing pauses; nothing is lost, because
        what is wanted stays wanted until a run has served it.
        """
        run = await self.runs.take(item_id, self.holder)
        if run is None:
            return
        with correlated(run.correlation, item=item_id):
            await self._serve(run)

    async def _serve(self, run: Run) -> None:
        keeper = asyncio.create_task(self._keep(run))
        try:
            # Under its own name, so that one entity's long reading leaves the others their part.
            with sharing(str(run.entity)):
                await self._read(run)
        except StaleWriterError:
            log.info("sync_overtaken")
        except NotFoundError:
            # A part of the item went while it was read; the next run sees what is left.
            await self.runs.fail(run, "changed_meanwhile")
        except ProviderError as error:
            code = error.provider_code or error.code
            await self.runs.fail(run, code, asked=error.retry_after, final=error.final)
        except TomadaError:
            raise
        except Exception as error:  # noqa: BLE001  (a fault of ours must pause and park as well)
            log.error("sync_broke", error=where(error))
            await self.runs.fail(run, "internal_error")
        finally:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError, TomadaError):
                await keeper

    async def _keep(self, run: Run) -> None:
        """Renew the lease while Pluggy is waited for."""
        while True:
            await self.sleep(_RENEW_EVERY)
            await self.runs.renew(run)

    async def _read(self, run: Run) -> None:
        if not run.covered:
            await self._give_up(run, "consent_required")
            return
        if run.comparing:
            if await self._compare(run):
                return
        elif not run.hints.whole:
            await self.rounds.hinted(run)
            await self.linker.link(run)
            await self.runs.finish(run, error_code=None)
            return
        item = await self._item(run)
        if item is None:
            await self._give_up(run, "item_deleted")
        elif item.status in GOING_ON:
            if run.hints.created or run.hints.named:
                await self.rounds.hinted(run)
            await self.runs.wait(run)
        elif item.last_updated_at is None:
            await self.freshness.record(run, item, {})
            await self.runs.finish(run, error_code=_why(item))
        else:
            done = await self.rounds.whole(run, item)
            await self.freshness.record(run, item, done.outcomes)
            if done.failure is not None:
                raise done.failure
            await self.linker.link(run)
            await self.prover.check(run, item)
            await self.runs.finish(run, error_code=None, again=done.again)

    async def _compare(self, run: Run) -> bool:
        """Read all there is, and end the run; False where the item has to be looked at after all.

        That is where something is missing: whether it is gone depends on how the bank is.
        """
        products = await self.freshness.before(run)
        if not products:
            return False
        done = await self.rounds.compared(run, products)
        if done.failure is not None:
            raise done.failure
        if run.missing:
            run.missing = False
            del run.done["read"]
            return False
        await self.linker.link(run)
        await self.runs.finish(run, error_code=None, again=done.again)
        return True

    async def _give_up(self, run: Run, code: str) -> None:
        await self.freshness.spoil(run, code)
        await self.runs.finish(run, error_code=code)

    async def _item(self, run: Run) -> PluggyItem | None:
        """Look at the item and record its state; None where Pluggy no longer has it."""
        try:
            with translated():
                item = await self.pluggy.get_item(run.item_id)
        except NotFoundError:
            await self.runs.record_deleted(run, status=_GONE)
            return None
        await self.runs.record_status(run, item)
        return item


def _why(item: PluggyItem) -> str:
    """Say why an item has no data: its error, or what it waits for."""
    return item.error.code if item.error is not None else item.status.lower()
