"""Reading one account's transactions: what is new, what was announced, what was named."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from tomada.domain.clock import Clock, bank_day
from tomada.domain.ids import AccountId
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.accounts import Account
from tomada.pluggy.paging import ahead
from tomada.services.absences import Absences
from tomada.services.hints import Hints
from tomada.services.pages import Book
from tomada.services.provider import translated
from tomada.services.runs import Run, Runs
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.observations import ObservationRows

OVERLAP = timedelta(minutes=10)
"""Rows may become visible a little after the creation time they bear."""
_TWINS = 200
"""So many rows of one page may be asked after because new ones look like them."""


@dataclass(frozen=True, slots=True)
class Walks:
    """Goes through an account's transactions page by page, each page one commit."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    absences: Absences
    history: timedelta

    async def read(self, run: Run, account: Account, mark: AccountRow, *, whole: bool) -> None:
        """Read what the run wants of one account: all that is new, and the rows it names."""
        book = Book(run.keys, run.item_id, account)
        if whole or mark.walked_at is None or book.account_id in run.hints.created:
            await self._announced(run, book, mark)
            await self._walk(run, book, mark)
        named = run.hints.named.get(book.account_id)
        if named:
            await self._look_up(run, book, named)

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
        began = self.clock()
        date_from, created_from = self._from(run.hints, book.account_id, mark, full=full)
        rows = self.pluggy.transactions(
            book.account.id, date_from=date_from, created_at_from=created_from
        )
        newest: datetime | None = None
        # A set of so many takes the more memory of the two.
        seen: dict[str, None] = {}
        twins: list[str] = []
        # The next page travels while this one is written.
        async with aclosing(ahead(rows.pages())) as pages:
            while True:
                with translated():
                    page = await anext(pages, None)
                if page is None:
                    break
                # A mark that lies in the future would hide what comes until then.
                times = (one.created_at for one in page.items if one.created_at <= self.clock())
                newest = max(filter(None, (newest, *times)), default=None)
                if full:
                    seen.update(dict.fromkeys(one.id for one in page.items))
                async with self.runs.writing(run) as tx:
                    effects = await book.put(tx, page.items, now=self.clock())
                    await self.runs.count(tx, run, effects)
                    if not full and effects.added:
                        twins += await ObservationRows(tx).twins(effects.added, limit=_TWINS)
                    if page.next is None:
                        # The mark commits with the last page: it never passes rows that are not
                        # in. Nor does it pass the beginning: a row that came in behind the
                        # reading's back may be older than one that came in before its eyes.
                        await AccountRows(tx).mark_walked(
                            book.account_id,
                            watermark=None if newest is None else min(newest, began),
                            full=(began, self.clock()) if full else None,
                        )
        if twins:
            await self.absences.probe(run, book, twins, whole_at=mark.walk_began_at)
        if full and date_from is not None:
            # The first day is asked for to be safe, and may be cut by the provider's own zone.
            later = date_from + timedelta(days=1)
            await self.absences.compare(run, book, mark, seen=seen.keys(), day_from=later)

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
        """Read rows by id; those that are said to have gone and are absent become tombstones."""
        found, missing = await self.absences.ask(book, ids)
        absent = [one for one in missing if one in run.hints.went]
        if absent and not await self.absences.prove_something(run, while_reading=True):
            absent = []
        async with self.runs.writing(run) as tx:
            put = await book.put(tx, found, now=self.clock())
            await self.runs.count(tx, run, put)
            if absent:
                buried = await book.bury(tx, absent, now=self.clock(), reason="named")
                await self.runs.count(tx, run, buried)
