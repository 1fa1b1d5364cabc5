"""Asking for a sync and watching it; the reading itself is in ``reading``."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.errors import ConsentRequiredError, NotFoundError
from tomada.domain.ids import EntityId, ItemId, SyncId
from tomada.domain.syncs import Sync, SyncReason
from tomada.services.audit import Audit
from tomada.services.binding import Binding
from tomada.services.cursors import cursor_of, parts_of
from tomada.services.feed import Feed
from tomada.services.items import known_as
from tomada.store.consents import ConsentRows
from tomada.store.items import ItemRows
from tomada.store.jobs import Jobs
from tomada.store.syncs import SyncRows
from tomada.store.tx import Store
from tomada.store.work import WorkRows

JOINED_FOR = timedelta(minutes=15)
"""A call within this time after a sync is answered with that sync."""
_LOOK_EVERY = 2.0
_CURSOR = tuple[Annotated[datetime, msgspec.Meta(tz=True)], UUID]


@dataclass(frozen=True, slots=True)
class Syncs:
    """The syncs of the installation's entities."""

    store: Store
    clock: Clock
    audit: Audit
    binding: Binding
    feed: Feed

    async def start(self, caller: Caller, item_id: str) -> Sync:
        """Have an item read, binding it first if it is new.

        A call during a sync, or up to 15 minutes after a good one, joins it and is never refused.
        Raises ``NotFoundError`` for an unknown or foreign item, ``ConsentRequiredError`` where
        no consent covers it, ``ConfirmationRequiredError`` where only the person can say that the
        item is theirs, ``ProviderError`` where a new item cannot be looked up.
        """
        item = known_as(item_id)
        owner = await self.binding.owner(item)
        if owner is None:
            owner = await self.binding.bind(item, caller=caller)
        if owner != caller.entity_id:
            raise NotFoundError("there is no such connection")
        async with self.store.begin(owner) as tx:
            await WorkRows(tx).lock(item)
            row = await ItemRows(tx).get(item)
            if row is None:
                raise NotFoundError("there is no such connection")
            if not await ConsentRows(tx).covers(row.consent_id, now=self.clock()):
                raise ConsentRequiredError("the consent for this bank has ended; agree anew")
            latest = await SyncRows(tx).latest(item)
            if latest is not None and self._joins(latest):
                return latest
            sync_id = SyncId(uuid7())
            await SyncRows(tx).add(sync_id, item, reason="user", at=self.clock())
            await WorkRows(tx).want(item, full=False)
            await Jobs(tx).sync(item)
            await self.audit.write(tx, "sync_requested", caller=caller, subject=("item", item))
        return await self.get(caller, sync_id)

    async def confirm(self, caller: Caller, item_id: str) -> None:
        """Bind an item on the person's word that it was they who made it.

        Raises as ``Binding.bind`` does; nothing happens to an item that is theirs already.
        """
        item = known_as(item_id)
        owner = await self.binding.owner(item)
        if owner is None:
            owner = await self.binding.bind(item, caller=caller, confirmed=True)
        if owner != caller.entity_id:
            raise NotFoundError("there is no such connection")

    def _joins(self, latest: Sync) -> bool:
        if latest.state in ("queued", "running"):
            return True
        ended = latest.finished_at
        return latest.state == "done" and ended is not None and self.clock() - ended < JOINED_FOR

    async def want(self, entity: EntityId, item: ItemId, *, reason: SyncReason, full: bool) -> None:
        """Have an item read without a person asking."""
        async with self.store.begin(entity) as tx:
            if await ItemRows(tx).get(item) is None:
                return
            await SyncRows(tx).add(SyncId(uuid7()), item, reason=reason, at=self.clock())
            await WorkRows(tx).want(item, full=full)
            await Jobs(tx).sync(item)

    async def get(self, caller: Caller, sync_id: SyncId) -> Sync:
        """Find one; raises ``NotFoundError`` for an unknown or foreign one."""
        async with self.store.begin(caller.entity_id) as tx:
            found = await SyncRows(tx).get(sync_id)
            counts = await SyncRows(tx).products([sync_id])
        if found is None:
            raise NotFoundError("there is no such sync")
        return replace(found, products=counts.get(sync_id, ()))

    async def list(
        self, caller: Caller, item_id: str, *, cursor: str | None, limit: int
    ) -> tuple[list[Sync], str | None]:
        """List an item's, the newest first, and say how to go on; None at the end.

        Raises ``NotFoundError`` for an unknown or foreign item, ``InvalidInputError`` for a cursor
        that is not one of ours.
        """
        item = known_as(item_id)
        after = None if cursor is None else parts_of(cursor, _CURSOR)
        async with self.store.begin(caller.entity_id) as tx:
            if await ItemRows(tx).get(item) is None:
                raise NotFoundError("there is no such connection")
            place = None if after is None else (after[0], SyncId(after[1]))
            rows = await SyncRows(tx).page(item, after=place, limit=limit + 1)
            kept = rows[:limit]
            counts = await SyncRows(tx).products([one.id for one in kept])
        more = cursor_of((kept[-1].requested_at, kept[-1].id)) if len(rows) > limit else None
        return [replace(one, products=counts.get(one.id, ())) for one in kept], more

    async def wait(self, caller: Caller, sync_id: SyncId, *, timeout: float) -> Sync:  # noqa: ASYNC109  (running out of time is an answer here, not an error)
        """Give the sync as soon as it has ended, or as it stands after *timeout* seconds."""
        until = time.monotonic() + timeout
        async with self.feed.listen(caller.entity_id) as bell:
            while True:
                found = await self.get(caller, sync_id)
                left = until - time.monotonic()
                if found.state in ("done", "failed") or left <= 0:
                    return found
                await bell.wait(min(_LOOK_EVERY, left))
