"""Asking Pluggy to read a bank again: for a person, and to end an outage that nobody else ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.errors import NotFoundError, RefreshRefusedError, TomadaError
from tomada.domain.ids import EntityId, ItemId, SyncId
from tomada.domain.quotas import Quota
from tomada.domain.refreshes import (
    OUTAGE_TRIES,
    Refresh,
    RefreshHistory,
    believed_until,
    obstacle_of,
    outage_due,
    passes_by_itself,
    refresh_of,
)
from tomada.domain.syncs import Sync
from tomada.pluggy import PluggyClient, errors, sharing
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.audit import Audit
from tomada.services.binding import status_line
from tomada.services.items import known_as, opened, with_status
from tomada.services.provider import provider_error
from tomada.services.quotas import Quotas
from tomada.services.vault import Keys, Vault
from tomada.store.consents import ConsentRows
from tomada.store.feed import FeedRows
from tomada.store.items import ItemRoutes, ItemRow, ItemRows
from tomada.store.jobs import Jobs
from tomada.store.refreshes import RefreshRows
from tomada.store.syncs import SyncRows
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log

_NO_ITEM = "there is no such connection"


@dataclass(frozen=True, slots=True)
class Refreshes:
    """Pluggy's runs over the items of the installation, as far as we start them.

    One item at a time: Pluggy has no batch update, and loops over all items are against its terms.
    """

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    pluggy: PluggyClient
    quotas: Quotas
    cooldown: timedelta

    async def states(self, entity: EntityId) -> dict[ItemId, Refresh]:
        """Say for each item whether it may be refreshed now."""
        keys = await self.vault.keys(entity)
        async with self.store.begin(entity) as tx:
            known = await RefreshRows(tx).all()
            return {
                row.id: await self._state(tx, keys, row, known.get(row.id, RefreshHistory()))
                for row in await ItemRows(tx).all()
            }

    async def quota(self, entity: EntityId, item_id: ItemId) -> list[Quota]:
        """Give the item's monthly quotas; raises ``NotFoundError`` for an unknown one."""
        async with self.store.begin(entity) as tx:
            row = await ItemRows(tx).get(known_as(item_id))
            if row is None:
                raise NotFoundError(_NO_ITEM)
            return await self.quotas.of(tx, row)

    async def every_quota(self) -> list[tuple[ItemId, Quota]]:
        """Give the monthly quotas of every item of the installation, for the operator."""
        async with self.store.begin() as tx:
            routes = await ItemRoutes(tx).all()
        return [(item, one) for item, entity in routes for one in await self.quota(entity, item)]

    async def ask(self, caller: Caller, item_id: str) -> Sync:
        """Have Pluggy read the bank again, and then read what it found.

        Gives the sync that follows the run. A second call while the first goes on is refused like
        any other that comes too early. Raises ``RefreshRefusedError`` with the reason and the
        time from which it may be possible, ``NotFoundError``, or ``ProviderError`` where Pluggy
        does not answer; then the run may have begun all the same, and is followed.
        """
        item, entity = known_as(item_id), caller.entity_id
        keys = await self.vault.keys(entity)
        now = self.clock()
        async with self.store.begin(entity) as tx:
            await WorkRows(tx).lock(item)
            row = await ItemRows(tx).get(item)
            if row is None:
                raise NotFoundError(_NO_ITEM)
            before = await RefreshRows(tx).get(item)
            state = await self._state(tx, keys, row, before)
            if state.obstacle is not None:
                raise RefreshRefusedError(state.obstacle, state.at)
            # Before Pluggy is asked, so that two clicks are one request.
            await RefreshRows(tx).asked(item, at=now)
            await self.audit.write(tx, "refresh_requested", caller=caller, subject=("item", item))
        return await self._update(entity, keys, item, before, self.pluggy.interactive)

    async def end_outages(self) -> int:
        """Try again where an outage lasts and Pluggy does not retry by itself; gives how many."""
        async with self.store.begin() as tx:
            routes = await ItemRoutes(tx).all()
        tried = 0
        for item, entity in routes:
            if not await self._concerned(entity, item):
                continue
            keys = await self.vault.keys(entity)
            before = await self._due(entity, keys, item)
            if before is None:
                continue
            tried += 1
            try:
                with sharing(str(entity)):
                    await self._update(entity, keys, item, before, self.pluggy)
            except TomadaError as error:
                log.info("outage_lasts", code=error.code)
        return tried

    async def _concerned(self, entity: EntityId, item_id: ItemId) -> bool:
        """Tell whether an outage lasts or has just ended; most items need no key to say no."""
        async with self.store.begin(entity) as tx:
            row = await ItemRows(tx).get(item_id)
            if row is None:
                return False
            history = await RefreshRows(tx).get(item_id)
        return row.status == "OUTDATED" or history.outage_since is not None

    async def _due(self, entity: EntityId, keys: Keys, item_id: ItemId) -> RefreshHistory | None:
        """Count a try that is due, durably and before it is made; None where none is."""
        now = self.clock()
        async with self.store.begin(entity) as tx:
            await WorkRows(tx).lock(item_id)
            row = await ItemRows(tx).get(item_id)
            if row is None:
                return None
            rows = RefreshRows(tx)
            history = await rows.get(item_id)
            item = opened(keys, row)
            if item.status == "UPDATED" and history.outage_since is not None:
                await rows.end_outage(item_id)
            if not passes_by_itself(item) or item.next_auto_sync_at is not None:
                return None
            if history.outage_since is None:
                await rows.begin_outage(item_id, at=now)
                return None
            if history.outage_tries >= OUTAGE_TRIES and history.given_up_at is None:
                await rows.give_up(item_id, at=now)
                log.error("outage_given_up", code=item.error_code, tries=history.outage_tries)
            covered = await ConsentRows(tx).covers(row.consent_id, now=now)
            if not covered or not outage_due(item, history, now=now):
                return None
            if not (await self.quotas.allows(tx, row)).possible:
                return None
            await rows.try_outage(item_id, at=now)
            await self.audit.write(tx, "outage_retried", subject=("item", item_id))
            return history

    async def _state(self, tx: Tx, keys: Keys, row: ItemRow, history: RefreshHistory) -> Refresh:
        now = self.clock()
        if not await ConsentRows(tx).covers(row.consent_id, now=now):
            return Refresh("needs_you")
        quota = await self.quotas.allows(tx, row)
        return refresh_of(opened(keys, row), history, quota=quota, cooldown=self.cooldown, now=now)

    async def _update(
        self,
        entity: EntityId,
        keys: Keys,
        item: ItemId,
        before: RefreshHistory,
        pluggy: PluggyClient,
    ) -> Sync:
        seen: PluggyItem | None = None
        try:
            seen = await pluggy.update_item(item)
        except errors.PluggyError as error:
            if not _begun(error):
                raise await self._refused(entity, item, before, error) from error
            if obstacle_of(error.code_description) != "updating":
                await self._follow(entity, keys, item, None)
                raise provider_error(error) from error
        return await self._follow(entity, keys, item, seen)

    async def _follow(
        self, entity: EntityId, keys: Keys, item: ItemId, seen: PluggyItem | None
    ) -> Sync:
        """Have the run watched to its end and its data read."""
        now, sync_id = self.clock(), SyncId(uuid7())
        async with self.store.begin(entity) as tx:
            await WorkRows(tx).lock(item)
            row = await ItemRows(tx).get(item)
            if row is None:
                raise NotFoundError(_NO_ITEM)
            if seen is not None:
                row = with_status(keys, row, seen)
                await ItemRows(tx).update_status(row)
                line = status_line(row, opened(keys, row).next_step)
                await FeedRows(tx).append([("item.status", line)], at=now)
            await SyncRows(tx).add(sync_id, item, reason="refresh", at=now)
            await WorkRows(tx).want(item, full=False)
            await Jobs(tx).sync(item)
            found = await SyncRows(tx).get(sync_id)
        if found is None:
            raise NotFoundError(_NO_ITEM)
        return found

    async def _refused(
        self, entity: EntityId, item: ItemId, before: RefreshHistory, error: errors.PluggyError
    ) -> TomadaError:
        """Remember a refusal, and give the error that tells of it."""
        now = self.clock()
        told: datetime | None = error.when if isinstance(error, errors.TooEarlyError) else None
        async with self.store.begin(entity) as tx:
            # Nothing was begun, so nothing has to cool down.
            await RefreshRows(tx).asked(item, at=before.asked_at)
            if isinstance(error, errors.RateLimitedError | errors.AuthenticationError):
                return provider_error(error)
            gone = isinstance(error, errors.NotFoundError)
            obstacle = "gone" if gone else obstacle_of(error.code_description)
            until = believed_until(obstacle, told, now=now)
            if until is not None:
                await RefreshRows(tx).refused(item, obstacle, until=until)
        return RefreshRefusedError(obstacle, until)


def _begun(error: errors.PluggyError) -> bool:
    """Tell whether the run goes on, or may."""
    if isinstance(error, errors.TransportError):
        return error.effect == "unknown"
    if isinstance(error, errors.ServerError | errors.ContractError):
        return True
    return obstacle_of(error.code_description) == "updating"
