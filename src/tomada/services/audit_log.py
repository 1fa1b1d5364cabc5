"""What makes the chains hold for whoever does not trust the database: one tree, signed, kept elsewhere.

Every few seconds the leaves of all logs are put in one order. After five minutes or a thousand
entries the tree's size and root are signed, and the note is put where whoever runs the database
cannot change it. A signer that finds its last words contradicted signs nothing more.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tomada.domain.audit import AuditEntry, Chained, microseconds
from tomada.domain.audit_check import AuditCheck, Verdict
from tomada.domain.checkpoints import Checkpoint
from tomada.domain.clock import Clock
from tomada.domain.errors import AuditContradictedError, UnavailableError
from tomada.domain.ids import EntityId
from tomada.domain.merkle import Tree
from tomada.ports import Anchor
from tomada.services.audit_signer import Signer
from tomada.store.audit import AuditRows
from tomada.store.audit_tree import Signed, TreeRows
from tomada.store.tx import Store
from tomada.telemetry import log

SIGNED_EVERY = timedelta(minutes=5)
SIGNED_AFTER = 1000
"""Whichever comes first."""
LATE = timedelta(minutes=10)
"""Entries that have waited so long for an anchor are an alert."""


@dataclass(frozen=True, slots=True)
class Log:
    """One log: its entries with their numbers in the tree, what is outside, what its head says."""

    entity: EntityId
    entries: list[tuple[Chained, int | None]]
    outside: list[AuditEntry]
    head: tuple[int, bytes] | None


@dataclass(frozen=True, slots=True)
class AuditStatus:
    """How much is signed, how much waits and since when, and where the signed words are."""

    size: int
    signed: int
    waiting: int
    oldest: datetime | None
    anchored: dict[str, tuple[int, datetime]]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The tree over all logs of the installation."""

    store: Store
    clock: Clock
    signer: Signer
    anchors: tuple[Anchor, ...]
    _last: list[Checkpoint] = field(default_factory=list, repr=False)

    async def tend(self) -> None:
        """Order what came in, sign where it is time, and put it away; safe in several processes.

        Raises ``AuditContradictedError`` where what was signed before does not hold any more.
        """
        await self.merge()
        if await self._due():
            await self.sign()
        await self.anchor()

    async def merge(self) -> int:
        """Put new leaves into the tree's order; gives how many."""
        async with self.store.begin() as tx:
            rows = TreeRows(tx)
            return await rows.merge(at=self.clock()) if await rows.lock() else 0

    async def sign(self) -> Checkpoint | None:
        """Sign the tree as it is; None where there is nothing new, or somebody else is at it.

        Raises ``AuditContradictedError`` where the tree does not continue the last one signed, as
        the database has it, this process remembers it, or an anchor shows it.
        """
        shown = await self._shown()
        async with self.store.begin() as tx:
            rows = TreeRows(tx)
            if not await rows.lock():
                return None
            before = self._continued(await _last(rows), shown)
            tree = await self._grown(rows, before)
            if tree.size == before.size:
                return None
            now = self.clock()
            note = self.signer.sign(tree.size, tree.root, microseconds(now))
            await rows.add(tree, note, at=now)
        checkpoint = self.signer.verify(note)
        self._last[:] = [checkpoint]
        log.info("audit_signed", count=tree.size)
        return checkpoint

    async def anchor(self) -> None:
        """Put the last checkpoint wherever it is not yet; what fails is tried again next time."""
        async with self.store.begin() as tx:
            rows = TreeRows(tx)
            last, anchored = await _last(rows), await rows.anchored()
        for anchor in self.anchors:
            size, _ = anchored.get(anchor.place, (0, None))
            if last is None or size >= last.tree.size:
                continue
            try:
                await anchor.publish(last.note)
            except UnavailableError as error:
                log.warning("audit_anchor_failed", kind=anchor.place, code=error.code)
                continue
            async with self.store.begin() as tx:
                await TreeRows(tx).mark_anchored(anchor.place, last.tree.size, at=self.clock())
        if self.anchors:
            await self._alarm()

    async def status(self) -> AuditStatus:
        """Tell how far signing and anchoring are."""
        async with self.store.begin() as tx:
            rows = TreeRows(tx)
            last, anchored = await _last(rows), await rows.anchored()
            signed = 0 if last is None else last.tree.size
            safe = max((size for size, _ in anchored.values()), default=0)
            waiting, oldest = await rows.waiting(since=safe if self.anchors else signed)
            size = await rows.size()
        places = tuple(one.place for one in self.anchors)
        return AuditStatus(size, signed, waiting, oldest, anchored, places)

    async def logs(self) -> AsyncIterator[Log]:
        """Give every log whole, the installation's among them."""
        async with self.store.begin() as tx:
            entities, places = await TreeRows(tx).logs(), await TreeRows(tx).places()
        for entity in entities:
            async with self.store.begin(entity) as tx:
                rows = AuditRows(tx)
                head = await rows.head()
                entries = [(one, places.get((entity, one.seq))) async for one in rows.chained()]
                now, outside = await rows.head(), await rows.unchained()
            # What was written while this was read is left for the next time.
            late = range(0 if head is None else head[0] + 1, 1 if now is None else now[0] + 1)
            yield Log(entity, [one for one in entries if one[0].seq not in late], outside, head)

    async def entries(self, entity: EntityId, *, limit: int = 100) -> list[Chained]:
        """List the newest entries of one log."""
        async with self.store.begin(entity) as tx:
            return await AuditRows(tx).entries(limit=limit)

    async def notes(self) -> list[bytes]:
        """List all checkpoints."""
        async with self.store.begin() as tx:
            return await TreeRows(tx).notes()

    async def verify(self, *, anchored: list[bytes]) -> Verdict:
        """Hash everything again and compare it with what was signed, here and in *anchored*."""
        check = AuditCheck(self.signer.verify)
        # Before the logs: what is signed meanwhile is of entries that are read all the same.
        notes = await self.notes()
        async for one in self.logs():
            check.log(one.entity, one.entries, outside=one.outside, head=one.head)
        return check.verdict(notes, anchored)

    async def _due(self) -> bool:
        async with self.store.begin() as tx:
            rows = TreeRows(tx)
            last = await _last(rows)
            waiting, oldest = await rows.waiting(since=0 if last is None else last.tree.size)
        old = oldest is not None and self.clock() - oldest >= SIGNED_EVERY
        return old or waiting >= SIGNED_AFTER

    async def _shown(self) -> list[Checkpoint]:
        """Read what was signed before, wherever it can be seen outside of the database."""
        shown = list(self._last)
        for anchor in self.anchors:
            note = await anchor.latest()
            if note is not None:
                try:
                    shown.append(self.signer.verify(note))
                except ValueError as error:
                    raise AuditContradictedError("an anchor shows another log") from error
        return shown

    def _continued(self, last: Signed | None, shown: list[Checkpoint]) -> Tree:
        """Give the last tree, if it is the one that was signed last."""
        tree = Tree() if last is None else last.tree
        if last is not None:
            try:
                shown = [*shown, self.signer.verify(last.note)]
            except ValueError as error:
                raise AuditContradictedError("the last checkpoint is not ours") from error
        for one in shown:
            if one.size > tree.size or (one.size == tree.size and one.root != tree.root):
                raise AuditContradictedError("the database shows less than was signed before")
        return tree

    async def _grown(self, rows: TreeRows, tree: Tree) -> Tree:
        while more := await rows.leaves(since=tree.size):
            if [n for n, _ in more] != list(range(tree.size, tree.size + len(more))):
                raise AuditContradictedError("leaves are missing")
            tree = tree.grown(one for _, one in more)
        return tree

    async def _alarm(self) -> None:
        status = await self.status()
        if status.oldest is not None and self.clock() - status.oldest > LATE:
            waits = self.clock() - status.oldest
            log.error("audit_unanchored", count=status.waiting, seconds=waits.total_seconds())


async def _last(rows: TreeRows) -> Signed | None:
    try:
        return await rows.last()
    except ValueError as error:
        raise AuditContradictedError("the last checkpoint was changed") from error
