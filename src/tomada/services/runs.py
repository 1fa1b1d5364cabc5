"""The frame of a run: taking the lease, writing under it, and giving it back with the outcome."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from tomada.domain.clock import Clock
from tomada.domain.feed import FeedKind
from tomada.domain.ids import EntityId, ItemId, SyncId
from tomada.domain.products import Product
from tomada.domain.removals import APART
from tomada.domain.syncs import SyncReason
from tomada.metrics import SYNC_FAILURES, SYNC_SECONDS, SYNCS, VISIBLE_SECONDS, Metrics
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.audit import Audit
from tomada.services.backoff import TRIES, Backoff
from tomada.services.binding import status_line
from tomada.services.bodies import events_of
from tomada.services.consents import agreed_products
from tomada.services.correlation import correlation_of
from tomada.services.expiry import Expiry
from tomada.services.hints import Hints, hints_of
from tomada.services.items import opened, with_status
from tomada.services.listing import Changes
from tomada.services.notify import Notifications
from tomada.services.pages import Effects
from tomada.services.quotas import Quotas
from tomada.services.vault import Keys, Vault
from tomada.store.consents import ConsentRows
from tomada.store.entities import EntityRows
from tomada.store.feed import FeedRows
from tomada.store.inbox import InboxRows
from tomada.store.items import ItemRoutes, ItemRow, ItemRows
from tomada.store.jobs import Jobs
from tomada.store.syncs import SyncRows
from tomada.store.tx import Store, Tx
from tomada.store.work import Lease, WorkRows
from tomada.telemetry import log

LEASE = timedelta(seconds=8)
COMPARED_EVERY = timedelta(hours=12)
"""So long after a complete reading the next one comes.

What one reading is the first to be without, the next one finds gone, as a rule six hours later. So
nothing that went at the bank without a word stays for much longer than a day, and little for longer
than eighteen hours.
"""
_SHORTEST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(seconds=30)


@dataclass(slots=True)
class Run:
    """One run's knowledge; ``row`` and the counts change while it goes on."""

    item_id: ItemId
    entity: EntityId
    keys: Keys
    epoch: int
    lease: Lease
    row: ItemRow
    covered: bool
    agreed: frozenset[str]
    hints: Hints
    events: tuple[str, ...]
    syncs: list[SyncId]
    began: datetime
    received: tuple[datetime, ...]
    correlation: str
    """Names what began it, the first event or else the sync: in the log, the feed, the audit."""
    comparing: bool = False
    accounts: int = 0
    missing: bool = False
    done: Counter[str] = field(default_factory=Counter)
    """How many movements were read, added, changed and found gone."""

    @property
    def institution(self) -> str:
        """The bank's name."""
        return opened(self.keys, self.row).detail.institution


@dataclass(frozen=True, slots=True)
class Runs:
    """Begins and ends runs."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    notices: Notifications
    backoff: Backoff
    quotas: Quotas
    expiry: Expiry
    metrics: Metrics

    async def take(self, item_id: ItemId, holder: UUID) -> Run | None:
        """Take the item's lease with all that waits for it; None where there is nothing to do."""
        async with self.store.begin() as tx:
            entity = await ItemRoutes(tx).entity_of(item_id)
        if entity is None:
            return None
        keys = await self.vault.keys(entity)
        now = self.clock()
        async with self.store.begin(entity) as tx:
            lease = await WorkRows(tx).take(item_id, holder, now=now, lease=LEASE)
            row = await ItemRows(tx).get(item_id)
            if lease is None or row is None:
                return None
            waiting = await InboxRows(tx).waiting(item_id)
            syncs, reasons = await SyncRows(tx).begin(item_id, at=now)
            comparing = reasons == {"comparison"}
            asked = (bool(syncs) or lease.full or not waiting) and not comparing
            if not syncs:
                syncs = [await self._own_sync(tx, item_id, "webhook" if waiting else "recovery")]
            epoch = await EntityRows(tx).epoch()
            covered = await ConsentRows(tx).covers(row.consent_id, now=now)
            consent = await ConsentRows(tx).get(row.consent_id)
        agreed = frozenset[str]() if consent is None else agreed_products(keys, consent)
        hints = hints_of(events_of(self.vault.system, waiting), asked=asked, now=now)
        names = tuple(one.event_id for one in waiting)
        received = tuple(one.received_at for one in waiting)
        began_by = names[0] if names else str(syncs[-1])
        return Run(
            item_id, entity, keys, epoch, lease, row, covered, agreed, hints, names, syncs, now,
            received, correlation_of(self.vault.system, began_by),
            comparing=comparing and not hints.whole,
        )  # fmt: skip

    async def _own_sync(self, tx: Tx, item_id: ItemId, reason: SyncReason) -> SyncId:
        sync_id = SyncId(uuid7())
        await SyncRows(tx).add(sync_id, item_id, reason=reason, at=self.clock())
        await SyncRows(tx).begin(item_id, at=self.clock())
        return sync_id

    @contextlib.asynccontextmanager
    async def writing(self, run: Run) -> AsyncIterator[Tx]:
        """Open a transaction of the run; raises ``StaleWriterError`` if it was overtaken.

        A withdrawal overtakes it, and so does the end of the consent that the run read under.
        """
        async with self.store.begin(run.entity) as tx:
            now, consent = self.clock(), run.row.consent_id if run.covered else None
            await WorkRows(tx).hold(run.lease, until=now + LEASE)
            await EntityRows(tx).hold(run.epoch, consent, now=now)
            yield tx

    async def renew(self, run: Run) -> None:
        """Keep the lease."""
        async with self.writing(run):
            return

    async def count_accounts(self, tx: Tx, run: Run, accounts: int) -> None:
        """Record how many accounts were read."""
        run.accounts = accounts
        await SyncRows(tx).set_accounts(run.syncs, accounts)

    async def count(self, tx: Tx, run: Run, effects: Effects) -> None:
        """Add a page to the sync's figures, in the page's transaction."""
        run.done += Counter(
            read=effects.read,
            added=len(effects.added),
            changed=len(effects.changed),
            gone=len(effects.gone),
        )
        await SyncRows(tx).count(
            run.syncs,
            transactions=effects.read,
            added=len(effects.added),
            changed=len(effects.changed),
            gone=len(effects.gone),
        )
        await SyncRows(tx).count_product(
            run.syncs,
            "TRANSACTIONS",
            read=effects.read,
            added=len(effects.added),
            changed=len(effects.changed),
            gone=len(effects.gone),
        )

    async def tell(
        self, tx: Tx, run: Run, product: Product, changes: Changes, *, kind: FeedKind, **about: str
    ) -> None:
        """Count what a list changed, and tell the feed of it, in the list's transaction."""
        await SyncRows(tx).count_product(
            run.syncs,
            product,
            read=changes.read,
            added=len(changes.added),
            changed=len(changes.changed),
            gone=len(changes.gone),
        )
        run.missing = run.missing or changes.missing
        if changes:
            line = {"itemId": run.item_id, **about, **changes.line()}
            await FeedRows(tx).append([(kind, line)], at=self.clock())

    async def record_status(self, run: Run, item: PluggyItem) -> None:
        """Keep what Pluggy says of the item, and tell where it changed."""
        await self._record(run, with_status(run.keys, run.row, item), item)

    async def record_deleted(self, run: Run, *, status: str) -> None:
        """Keep that Pluggy no longer has the item; what was read stays until it is erased."""
        row = run.row
        await self._record(
            run,
            ItemRow(
                id=row.id, consent_id=row.consent_id, institution_digest=row.institution_digest,
                status=status, execution_status="", error_code=None,
                last_updated_at=row.last_updated_at, synced_at=row.synced_at,
                bound_at=row.bound_at, sealed=row.sealed, syncing=row.syncing,
            ),
        )  # fmt: skip

    async def _record(self, run: Run, row: ItemRow, item: PluggyItem | None = None) -> None:
        before = run.row
        async with self.writing(run) as tx:
            await ItemRows(tx).update_status(row)
            if item is not None:
                await self.quotas.note(tx, row, item)
            seen = opened(run.keys, row)
            if _state(before) != _state(row):
                line = status_line(row, seen.next_step)
                await FeedRows(tx).append([("item.status", line)], at=self.clock())
            await self.notices.about(tx, run.keys, seen)
            if item is not None:
                await self.expiry.about(tx, run.keys, seen, ends=item.consent_expires_at)
        run.row = row

    async def finish(self, run: Run, *, error_code: str | None, again: bool = False) -> None:
        """End a run whose outcome is final for now; more that was asked meanwhile is queued.

        *again* has another one tried after a pause, because a part could not be read.
        """
        now = self.clock()
        read = run.done["read"]
        figures = {name: run.done[name] for name in ("added", "changed", "gone")}
        async with self.writing(run) as tx:
            await SyncRows(tx).end(run.syncs, error_code=error_code, at=now)
            await InboxRows(tx).mark_done(list(run.events), at=now)
            if error_code is None:
                await ItemRows(tx).mark_synced(run.item_id, at=now)
            line = {
                "entityId": str(run.entity),
                "itemId": run.item_id,
                "syncId": str(run.syncs[-1]),
                "accountsCount": run.accounts,
                "transactionsCount": read,
                "errorCode": error_code,
                **figures,
            }
            await FeedRows(tx).append([("open_finance.sync_completed", line)], at=now)
            await self.audit.write(
                tx, "sync_ended", subject=("item", run.item_id),
                outcome="done" if error_code is None else "failed",
                data={"accounts": run.accounts, "transactions": read, **figures},
            )  # fmt: skip
            await self._look_again(tx, run, now)
            if await WorkRows(tx).finish(run.lease):
                await Jobs(tx).sync(run.item_id)
            elif again and run.lease.failures + 1 < TRIES:
                pause = self.backoff.pause(run.lease.failures)
                await WorkRows(tx).again(run.lease, not_before=now + pause)
                await Jobs(tx).sync(run.item_id, delay=pause)
        log.info(
            "sync_done",
            error_code=error_code,
            read=read,
            added=run.done["added"],
            changed=run.done["changed"],
            gone=run.done["gone"],
        )
        self._count(run, now, code=error_code, outcome="done" if error_code is None else "refused")
        for at in run.received if error_code is None else ():
            self.metrics.observe(VISIBLE_SECONDS, (now - at).total_seconds())

    async def _look_again(self, tx: Tx, run: Run, now: datetime) -> None:
        """Plan the complete reading that follows this one: soon where something is missing."""
        if run.lease.full and run.covered and run.row.status != "DELETED":
            well = (run.row.status, run.row.execution_status) == ("UPDATED", "SUCCESS")
            pause = APART if run.missing and well else COMPARED_EVERY
            await WorkRows(tx).compare(run.lease, at=now + pause)

    async def wait(self, run: Run) -> None:
        """Come back later, because Pluggy is still reading the bank.

        The longer it takes, the longer the pauses: a quarter of the time so far, 1 to 30 seconds.
        """
        now = self.clock()
        async with self.writing(run) as tx:
            begun = await SyncRows(tx).begun(run.syncs)
            so_far = timedelta() if begun is None else now - begun
            pause = min(max(so_far / 4, _SHORTEST_WAIT), _LONGEST_WAIT)
            await WorkRows(tx).pause(run.lease, not_before=now + pause)
            await Jobs(tx).sync(run.item_id, delay=pause)

    async def fail(
        self, run: Run, code: str, *, asked: int | None = None, final: bool = False
    ) -> None:
        """End a run that failed; it is tried again, not before the *asked* seconds.

        After twelve times, or at once where the failure is *final*, it is parked: nothing is
        lost, but it goes on only when somebody asks, an event comes, or a day has passed.
        Syncs that wait for it end as failed, so that nobody waits in vain; a later run that
        succeeds tells the feed all the same.
        """
        now = self.clock()
        parked = final or run.lease.failures + 1 >= TRIES
        pause = self.backoff.pause(run.lease.failures, asked=asked)
        async with self.writing(run) as tx:
            await SyncRows(tx).end(run.syncs, error_code=code, at=now)
            await WorkRows(tx).fail(run.lease, not_before=None if parked else now + pause)
            if parked:
                await self._look_again(tx, run, now)
            else:
                await Jobs(tx).sync(run.item_id, delay=pause)
            line = {"itemId": run.item_id, "syncId": str(run.syncs[-1]), "errorCode": code}
            await FeedRows(tx).append([("open_finance.sync_failed", line)], at=now)
            await self.audit.write(
                tx, "sync_failed", subject=("item", run.item_id), outcome="failed",
                data={"code": code, "tries": run.lease.failures + 1, "parked": parked},
            )  # fmt: skip
        self._count(run, now, code=code, outcome="parked" if parked else "failed")
        tell, event = (log.error, "sync_parked") if parked else (log.warning, "sync_failed")
        tell(event, code=code, tries=run.lease.failures + 1, parked=parked)

    def _count(self, run: Run, now: datetime, *, code: str | None, outcome: str) -> None:
        self.metrics.count(SYNCS, outcome=outcome)
        self.metrics.observe(SYNC_SECONDS, (now - run.began).total_seconds())
        if code is not None:
            self.metrics.count(SYNC_FAILURES, code=code)


def _state(row: ItemRow) -> tuple[str, str, str | None, datetime | None]:
    return row.status, row.execution_status, row.error_code, row.last_updated_at
