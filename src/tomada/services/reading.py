"""One run over an item: read from Pluggy, apply page by page, tell what happened.

A run never holds a transaction while it waits for Pluggy. Every transaction that writes checks
the run's fencing number first, so a run that was overtaken stops without writing.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tomada.domain.errors import (
    NotFoundError,
    ProviderError,
    StaleWriterError,
    TomadaError,
)
from tomada.domain.ids import AccountId, ItemId
from tomada.pluggy import PluggyClient, sharing
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.absences import GOING_ON
from tomada.services.account_rows import account_row
from tomada.services.bills import BillReader
from tomada.services.cards import PaymentLinker
from tomada.services.listing import Changes
from tomada.services.proofs import Prover
from tomada.services.provider import translated
from tomada.services.reconnecting import Reconnecting
from tomada.services.runs import Run, Runs
from tomada.services.walks import Walks
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.feed import FeedRows
from tomada.telemetry import log, where

_RENEW_EVERY = 2.0
_GONE = "DELETED"
"""Our word for an item that Pluggy no longer knows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The worker's side of a sync."""

    runs: Runs
    walks: Walks
    reconnecting: Reconnecting
    bills: BillReader
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
            await self.runs.finish(run, error_code="consent_required")
            return
        item: PluggyItem | None = None
        going_on = False
        if run.hints.whole:
            item = await self._item(run)
            if item is None:
                await self.runs.finish(run, error_code="item_deleted")
                return
            going_on = item.status in GOING_ON
            if going_on and not (run.hints.created or run.hints.named):
                await self.runs.wait(run)
                return
            if item.last_updated_at is None and not going_on:
                await self.runs.finish(run, error_code=_why(item))
                return
        await self._collect(run, whole=run.hints.whole and not going_on)
        if going_on:
            await self.runs.wait(run)
            return
        await self.linker.link(run)
        if item is not None:
            await self.prover.check(run, item)
        await self.runs.finish(run, error_code=None)

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

    async def _collect(self, run: Run, *, whole: bool) -> None:
        with translated():
            accounts = await self.pluggy.list_accounts(run.item_id)
        marks = await self._put_accounts(run, accounts)
        for account in accounts:
            mark = marks[AccountId(account.id)]
            await self.walks.read(run, account, mark, whole=whole)
        if whole:
            await self.reconnecting.follow(run, [AccountId(one.id) for one in accounts])
            await self.bills.read(run, accounts, sound=run.row.execution_status == "SUCCESS")

    async def _put_accounts(
        self, run: Run, accounts: Sequence[Account]
    ) -> dict[AccountId, AccountRow]:
        rows = [
            account_row(run.keys, account, run.item_id, run.institution, as_of=run.as_of)
            for account in accounts
        ]
        async with self.runs.writing(run) as tx:
            before = {row.id for row in await AccountRows(tx).all(run.item_id)}
            written = [row.id for row in rows if await AccountRows(tx).put(row)]
            changes = Changes(
                read=len(rows),
                added=tuple(one for one in written if one not in before),
                changed=tuple(one for one in written if one in before),
            )
            if changes:
                line = {"itemId": run.item_id, **changes.line()}
                await FeedRows(tx).append([("accounts.changed", line)], at=self.runs.clock())
            await self.runs.count_accounts(tx, run, len(rows))
            return {row.id: row for row in await AccountRows(tx).all(run.item_id)}


def _why(item: PluggyItem) -> str:
    """Say why an item has no data: its error, or what it waits for."""
    return item.error.code if item.error is not None else item.status.lower()
