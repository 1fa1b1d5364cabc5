"""Rows that Pluggy no longer lists: when an absence proves anything, and what then happens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from uuid_utils.compat import uuid7

from tomada.domain.clock import Clock
from tomada.domain.removals import APART, KEPT, needs_approval
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.items import Item
from tomada.pluggy.models.transactions import Transaction
from tomada.services.audit import Audit
from tomada.services.pages import Book
from tomada.services.provider import translated
from tomada.services.runs import Run, Runs
from tomada.store.absences import AbsenceRows, Missing
from tomada.store.accounts import AccountRow
from tomada.store.observations import ObservationRows
from tomada.store.removals import RemovalRows
from tomada.store.transactions import Gone, TransactionRows
from tomada.store.tx import Tx
from tomada.telemetry import log

GOING_ON = ("UPDATING", "MERGING")
"""States of an item in which Pluggy is reading the bank."""
_IDS_AT_ONCE = 200
# Where more is missing the operator is asked anyway, who can see whether the bank is well.
_ASKED_AT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Absences:
    """Compares what a reading found with what the ledger has."""

    runs: Runs
    clock: Clock
    pluggy: PluggyClient
    audit: Audit

    async def ask(self, book: Book, ids: Sequence[str]) -> tuple[list[Transaction], list[str]]:
        """Ask Pluggy for rows by id; gives what it has, and the ids that it has not."""
        found: list[Transaction] = []
        for start in range(0, len(ids), _IDS_AT_ONCE):
            asked = ids[start : start + _IDS_AT_ONCE]
            with translated():
                found += [one async for one in self.pluggy.transactions(book.account.id, ids=asked)]
        there = {one.id for one in found}
        return found, [one for one in ids if one not in there]

    async def prove_something(self, run: Run, *, while_reading: bool = False) -> bool:
        """Tell whether what is absent from Pluggy's lists now is absent at the bank.

        It is not where the last execution failed or left a product out (``pluggy-api.md`` 4.4), nor
        where the consent at the bank has ended, after which lists may come empty (4.10).
        *while_reading* accepts an item that is being read: enough for what an event named.
        """
        with translated():
            item = await self.pluggy.get_item(run.item_id)
        # What the bank is just being asked about is looked at again when that has ended.
        run.missing |= item.status in GOING_ON and not while_reading
        well = ("UPDATED", *GOING_ON) if while_reading else ("UPDATED",)
        if item.status not in well or (not while_reading and _left_something_out(item)):
            return False
        connector = item.connector
        if connector is not None and connector.is_open_finance is False:
            return True
        with translated():
            consents = await self.pluggy.consents.list(run.item_id)
        now = self.clock()
        in_force = [
            one for one in consents
            if one.revoked_at is None and (one.expires_at is None or one.expires_at > now)
        ]  # fmt: skip
        return bool(in_force) or not consents

    async def compare(
        self, run: Run, book: Book, mark: AccountRow, *, seen: Collection[str], day_from: date
    ) -> None:
        """After a complete reading: remember what it did not find, remove what two did not find.

        *mark* is the account as it was before the reading. A row that Pluggy still gives when
        asked for by its id was only passed over, because the list moved while it was read.
        """
        async with self.runs.writing(run) as tx:
            rows = AbsenceRows(tx)
            missing = await rows.compare(book.account_id, seen, day_from=day_from)
            await rows.forget(book.account_id, before=self.clock() - KEPT)
            if not missing:
                await RemovalRows(tx).lapse(book.account_id, at=self.clock())
        if not missing:
            return
        named = [one.pluggy_id for one in missing[:_ASKED_AT_MOST]]
        there, _ = await self.ask(book, named)
        if not await self.prove_something(run):
            missing = []
        back = {one.id for one in there}
        async with self.runs.writing(run) as tx:
            await self.runs.count(tx, run, await book.put(tx, there, now=self.clock()))
            await AbsenceRows(tx).found(book.account_id, sorted(back))
            absent = [one for one in missing if one.pluggy_id not in back]
            # A row that came back under another id did not go.
            last = {one.id: None if one.since else mark.walk_began_at for one in absent}
            followed = await book.follow(tx, last, now=self.clock())
            await self.runs.count(tx, run, followed)
            absent = [one for one in absent if one.id not in followed.changed]
            await self._judge(tx, run, book, absent, mark)

    async def probe(
        self, run: Run, book: Book, twins: Sequence[str], *, whole_at: datetime | None
    ) -> None:
        """Ask whether rows are still there that look like new ones.

        If they are, the new ones are other movements; if not, some may live on in them. *whole_at*
        is when the latest complete reading began.
        """
        there, absent = await self.ask(book, twins)
        asked_at = self.clock()
        proven = bool(absent) and await self.prove_something(run, while_reading=True)
        async with self.runs.writing(run) as tx:
            await self.runs.count(tx, run, await book.put(tx, there, now=self.clock()))
            names = [one.id for one in there]
            await ObservationRows(tx).present(book.account_id, names, at=asked_at)
            if proven:
                known = await TransactionRows(tx).known(book.account_id, absent)
                last = {one.id: whole_at for one in known.values() if not one.gone}
                await self.runs.count(tx, run, await book.follow(tx, last, now=self.clock()))

    async def _judge(
        self, tx: Tx, run: Run, book: Book, absent: Sequence[Missing], mark: AccountRow
    ) -> None:
        now = self.clock()
        # Not those that the operator keeps: they are missing until the end of time.
        run.missing |= any(one.since is None or now - APART < one.since <= now for one in absent)
        new = [one.id for one in absent if one.since is None]
        if new:
            await AbsenceRows(tx).mark(new, at=now, seen_until=mark.walk_began_at)
        due = [one for one in absent if one.since is not None and one.since <= now - APART]
        if not due:
            return
        live = await AbsenceRows(tx).live(book.account_id)
        if needs_approval(going=len(due), live=live):
            await self._wait(tx, run, book, due, live)
            return
        await RemovalRows(tx).lapse(book.account_id, at=now)
        for reason, going in _by_reason(due):
            buried = await book.bury(tx, going, now=now, reason=reason)
            await self.runs.count(tx, run, buried)

    async def _wait(self, tx: Tx, run: Run, book: Book, due: Sequence[Missing], live: int) -> None:
        made = await RemovalRows(tx).ask(
            uuid7(),
            item_id=run.item_id,
            account_id=book.account_id,
            rows=[one.id for one in due],
            live=live,
            at=self.clock(),
        )
        if made:
            figures = {"rows": len(due), "live": live}
            await self.audit.write(
                tx, "removal_waits", subject=("account", book.account_id), data=figures
            )
            log.error("removal_waits_for_the_operator", count=len(due))


def _left_something_out(item: Item) -> bool:
    """Tell whether the last execution did not bring all accounts and their rows."""
    if item.execution_status == "PARTIAL_SUCCESS":
        return True
    detail = item.status_detail
    if detail is None:
        return False
    parts = (detail.accounts, detail.credit_cards, detail.transactions)
    return any(one is not None and (one.is_updated is False or one.warnings) for one in parts)


def _by_reason(due: Sequence[Missing]) -> list[tuple[Gone, list[str]]]:
    """Part authorisations that the bank dropped from rows that it took back."""
    pending = [one.pluggy_id for one in due if one.status == "PENDING"]
    others = [one.pluggy_id for one in due if one.status != "PENDING"]
    parts: list[tuple[Gone, list[str]]] = [("expired", pending), ("absent", others)]
    return [part for part in parts if part[1]]
