"""One run over an item: read from Pluggy, apply page by page, tell what happened.

A run never holds a transaction while it waits for Pluggy. Every transaction that writes checks
the run's fencing number first, so a run that was overtaken stops without writing.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from tomada.domain.clock import Clock, bank_day
from tomada.domain.errors import (
    NotFoundError,
    ProviderError,
    StaleWriterError,
    TomadaError,
)
from tomada.domain.ids import AccountId, ItemId
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.account_rows import account_row
from tomada.services.hints import Hints
from tomada.services.pages import Book
from tomada.services.provider import translated
from tomada.services.runs import Run, Runs
from tomada.store.accounts import AccountRow, AccountRows
from tomada.telemetry import log, where

OVERLAP = timedelta(minutes=10)
"""Rows may become visible a little after the creation time they bear."""
_RENEW_EVERY = 2.0
_IDS_AT_ONCE = 200
_GOING_ON = ("UPDATING", "MERGING")
_GONE = "DELETED"
"""Our word for an item that Pluggy no longer knows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The worker's side of a sync."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    history: timedelta
    holder: UUID

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
            await self._read(run)
        except StaleWriterError:
            log.info("sync_overtaken")
        except NotFoundError:
            # A part of the item went while it was read; the next run sees what is left.
            await self.runs.fail(run, "changed_meanwhile")
        except ProviderError as error:
            await self.runs.fail(run, error.provider_code or error.code)
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
            await asyncio.sleep(_RENEW_EVERY)
            await self.runs.renew(run)

    async def _read(self, run: Run) -> None:
        if not run.covered:
            await self.runs.finish(run, error_code="consent_required")
            return
        going_on = False
        if run.hints.whole:
            item = await self._item(run)
            if item is None:
                await self.runs.finish(run, error_code="item_deleted")
                return
            going_on = item.status in _GOING_ON
            if going_on and not (run.hints.created or run.hints.named):
                await self.runs.wait(run)
                return
            if item.last_updated_at is None and not going_on:
                await self.runs.finish(run, error_code=_why(item))
                return
        await self._collect(run, whole=run.hints.whole and not going_on)
        if going_on:
            await self.runs.wait(run)
        else:
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
            book = Book(run.keys, run.item_id, account)
            mark = marks[book.account_id]
            if whole or mark.walked_at is None or book.account_id in run.hints.created:
                await self._announced(run, book, mark)
                await self._walk(run, book, mark)
            named = run.hints.named.get(book.account_id)
            if named:
                await self._look_up(run, book, named)

    async def _put_accounts(
        self, run: Run, accounts: Sequence[Account]
    ) -> dict[AccountId, AccountRow]:
        rows = [
            account_row(run.keys, account, run.item_id, run.institution, as_of=run.as_of)
            for account in accounts
        ]
        async with self.runs.writing(run) as tx:
            for row in rows:
                await AccountRows(tx).put(row)
            await self.runs.count_accounts(tx, run, len(rows))
            return {row.id: row for row in await AccountRows(tx).all(run.item_id)}

    async def _announced(self, run: Run, book: Book, mark: AccountRow) -> None:
        """Read the first page of what an event announced, before the longer reading.

        The longer one begins ten minutes earlier, which just after a first sync is a whole year;
        somebody may be waiting for the one new row.
        """
        since = run.hints.created.get(book.account_id)
        if since is None or run.lease.full or mark.walked_at is None or mark.watermark is None:
            return
        if since <= mark.watermark - OVERLAP:
            return
        rows = self.pluggy.transactions(book.account.id, created_at_from=since)
        with translated():
            page = await anext(rows.pages())
        async with self.runs.writing(run) as tx:
            effects = await book.put(tx, page.items, now=self.clock())
            # The longer reading meets these rows again and counts them.
            await self.runs.count(tx, run, replace(effects, read=0))

    async def _walk(self, run: Run, book: Book, mark: AccountRow) -> None:
        """Read an account's rows by creation time, or all of them where it was never read."""
        full = run.lease.full or mark.walked_at is None
        date_from, created_from = self._from(run.hints, book.account_id, mark, full=full)
        rows = self.pluggy.transactions(
            book.account.id, date_from=date_from, created_at_from=created_from
        )
        newest: datetime | None = None
        pages = rows.pages()
        while True:
            with translated():
                page = await anext(pages, None)
            if page is None:
                break
            times = (one.created_at for one in page.items)
            newest = max(filter(None, (newest, *times)), default=None)
            async with self.runs.writing(run) as tx:
                effects = await book.put(tx, page.items, now=self.clock())
                await self.runs.count(tx, run, effects)
                if page.next is None:
                    # The mark commits with the last page: it never passes rows that are not in.
                    await AccountRows(tx).mark_walked(
                        book.account_id,
                        watermark=newest,
                        full_at=self.clock() if full else None,
                    )

    def _from(
        self, hints: Hints, account_id: AccountId, mark: AccountRow, *, full: bool
    ) -> tuple[date | None, datetime | None]:
        # One day more, because Pluggy does not say in which zone it reads a bare date.
        first_day = bank_day(self.clock() - self.history) - timedelta(days=1)
        if full:
            return first_day, None
        since = min(filter(None, (hints.created.get(account_id), mark.watermark)), default=None)
        # A time before all that is kept asks for everything, whatever an event calls it.
        if since is None or since <= datetime.combine(first_day, time(), tzinfo=UTC):
            return first_day, None
        return None, since - OVERLAP

    async def _look_up(self, run: Run, book: Book, ids: Sequence[str]) -> None:
        """Read rows by id; those that Pluggy does not have any more become tombstones.

        An absence counts only on an item that is well: after a consent has ended Pluggy may
        answer with empty lists.
        """
        for start in range(0, len(ids), _IDS_AT_ONCE):
            asked = ids[start : start + _IDS_AT_ONCE]
            with translated():
                found = [one async for one in self.pluggy.transactions(book.account.id, ids=asked)]
            absent = set(asked) - {one.id for one in found}
            if absent:
                with translated():
                    item = await self.pluggy.get_item(run.item_id)
                if item.status not in ("UPDATED", *_GOING_ON):
                    absent = set()

            async with self.runs.writing(run) as tx:
                put = await book.put(tx, found, now=self.clock())
                await self.runs.count(tx, run, put)
                if absent:
                    buried = await book.bury(tx, sorted(absent), now=self.clock())
                    await self.runs.count(tx, run, buried)


def _why(item: PluggyItem) -> str:
    """Say why an item has no data: its error, or what it waits for."""
    return item.error.code if item.error is not None else item.status.lower()
