"""Whose item is it? An item is bound only by the nonce of a connect session of that entity."""

from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.errors import (
    AlreadyConnectedError,
    ConfirmationRequiredError,
    ConsentRequiredError,
    NotFoundError,
    TomadaError,
)
from tomada.domain.ids import ConsentId, EntityId, ItemId, SyncId
from tomada.pluggy import PluggyClient
from tomada.pluggy.models.items import Item as PluggyItem
from tomada.services.audit import Audit
from tomada.services.bodies import events_of
from tomada.services.consent_log import ConsentLog
from tomada.services.consents import institution_digest
from tomada.services.items import known_as, opened, with_status
from tomada.services.provider import translated
from tomada.services.unconfirmed import Unconfirmed
from tomada.services.vault import Keys, Vault
from tomada.store.consents import ConnectSessionRows, ConsentRows, NonceRoutes
from tomada.store.feed import FeedRows
from tomada.store.inbox import InboxRows
from tomada.store.items import ItemRoutes, ItemRow, ItemRows
from tomada.store.jobs import Jobs
from tomada.store.syncs import SyncRows
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows
from tomada.telemetry import log


@dataclass(frozen=True, slots=True)
class Binding:
    """Gives items to entities; never by an id that a browser sent."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    pluggy: PluggyClient

    @property
    def unconfirmed(self) -> Unconfirmed:
        """Items of which Pluggy does not say who made them."""
        return Unconfirmed(self.store, self.vault, self.clock)

    async def owner(self, item_id: ItemId) -> EntityId | None:
        """Tell whose a bound item is."""
        async with self.store.begin() as tx:
            return await ItemRoutes(tx).entity_of(item_id)

    async def bind(
        self, item_id: ItemId, *, caller: Caller | None = None, confirmed: bool = False
    ) -> EntityId:
        """Bind an unbound item to the entity whose connect session made it, and want its data.

        Pluggy is asked what the item is; its ``clientUserId`` must be the nonce of a connect
        session that can still claim one, and its connector the one consented to. With a *caller*
        it must be a session of the caller's entity, and without an open one Pluggy is not asked.
        Raises ``NotFoundError`` otherwise, ``ConfirmationRequiredError`` where Pluggy does not say
        who made the item and the caller can have, until they *confirmed* it,
        ``ConsentRequiredError`` where the consent has ended or was for another bank, and
        ``AlreadyConnectedError`` where the bank was connected meanwhile, in another tab: the second
        item is ended at Pluggy, because it would show everything twice and belong to nobody.
        """
        if caller is not None and not await self.unconfirmed.may_look(caller):
            await self._refused(caller, item_id, "no_connect_session")
        try:
            item = await self._look_at(item_id)
        except NotFoundError:
            await self._refused(caller, item_id, "unknown")
        entity, session_id = await self._maker(item, caller, confirmed=confirmed)
        bound = await self._claim(entity, session_id, item, caller)
        if bound is None:
            raise ConsentRequiredError("the item is not of the bank that was consented to")
        if bound != item_id:
            await self._end(item_id)
            raise AlreadyConnectedError(bound)
        return entity

    async def _maker(
        self, item: PluggyItem, caller: Caller | None, *, confirmed: bool
    ) -> tuple[EntityId, UUID]:
        """Find whose connect session made the item."""
        item_id = ItemId(item.id)
        nonce = item.client_user_id or await self._announced_nonce(item_id)
        found = None if nonce is None else await self._session_of(nonce)
        if found is not None and (caller is None or found[0] == caller.entity_id):
            return found
        session_id = None
        if nonce is None and caller is not None:
            session_id = await self.unconfirmed.session_of(caller, item)
        if session_id is None or caller is None:
            await self._refused(caller, item_id, "made_by_another")
        if not confirmed:
            name = (item.connector and item.connector.name) or ""
            raise ConfirmationRequiredError(item_id, name)
        return caller.entity_id, session_id

    async def _refused(self, caller: Caller | None, item_id: ItemId, why: str) -> NoReturn:
        """Refuse as for an item that is not there, and keep who tried."""
        if caller is not None:
            async with self.store.begin(caller.entity_id) as tx:
                await self.audit.write(
                    tx, "binding_refused", caller=caller, subject=("item", item_id),
                    outcome="refused", data={"why": why},
                )  # fmt: skip
        raise NotFoundError("no connect session made this item")

    async def _look_at(self, item_id: ItemId) -> PluggyItem:
        with translated():
            return await self.pluggy.interactive.get_item(known_as(item_id))

    async def _end(self, item_id: ItemId) -> None:
        """End an item that nobody can have; one that stays behind does no harm but its own."""
        try:
            with translated():
                await self.pluggy.delete_item(item_id)
        except TomadaError as error:
            log.warning("item_not_ended", code=error.code)

    async def _session_of(self, nonce: str) -> tuple[EntityId, UUID] | None:
        digest = self.vault.system.digest("nonce", nonce.encode())
        async with self.store.begin() as tx:
            return await NonceRoutes(tx).find(digest, now=self.clock())

    async def _announced_nonce(self, item_id: ItemId) -> str | None:
        """Take the nonce from an authenticated event about the item.

        Needed where the API does not return ``clientUserId``, which is not in its published
        schema. That the item exists was asked of the API before.
        """
        async with self.store.begin() as tx:
            rows = await InboxRows(tx).unbound(item_id)
        events = events_of(self.vault.system, rows)
        return next((one.client_user_id for one in events if one.client_user_id is not None), None)

    async def _claim(
        self, entity: EntityId, session_id: UUID, item: PluggyItem, caller: Caller | None
    ) -> ItemId | None:
        """Bind in one transaction; gives the bank's item, which may be one bound before this.

        None, with an audit entry, for the wrong bank or no consent.
        """
        keys = await self.vault.keys(entity)
        now = self.clock()
        item_id = ItemId(item.id)
        connector = int(item.connector.id) if item.connector is not None else -1
        digest = institution_digest(keys, connector)
        async with self.store.begin(entity) as tx:
            session = await ConnectSessionRows(tx).claim(session_id, item_id, now=now)
            if session is None:
                raise NotFoundError("this connect session has ended")
            consent_id = await self._covering(tx, session.consent_id, digest)
            await ItemRows(tx).lock_institution(digest)
            connected = await ItemRows(tx).of_institution(digest)
            if session.institution_digest != digest or consent_id is None:
                await self.audit.write(
                    tx, "item_quarantined", caller=caller, subject=("item", item_id),
                    outcome="refused",
                )  # fmt: skip
                return None
            if connected not in (None, item_id):
                await self.audit.write(
                    tx, "item_quarantined", caller=caller, subject=("item", item_id),
                    outcome="refused", data={"reason": "already_connected"},
                )  # fmt: skip
                return connected
            blank = ItemRow(
                id=item_id, consent_id=consent_id, institution_digest=digest,
                status="", execution_status="", error_code=None, last_updated_at=None,
                synced_at=None, bound_at=now, sealed=b"",
            )  # fmt: skip
            row = with_status(keys, blank, item)
            if await ItemRows(tx).add(row):
                if await ConsentRows(tx).activate(consent_id):
                    await self._activated(tx, keys, consent_id, item_id)
                seen = opened(keys, row)
                await FeedRows(tx).append(
                    [("item.status", status_line(row, seen.next_step))], at=now
                )
                await self.audit.write(tx, "item_bound", caller=caller, subject=("item", item_id))
                await self._want(tx, item_id)
        return item_id

    async def _covering(self, tx: Tx, own: ConsentId, digest: bytes) -> ConsentId | None:
        """Find the consent in force: the session's own, or the one that took its place since.

        Who connects a bank in two tabs agrees twice, and the second agreement ends the first.
        """
        for one in (own, await ConsentRows(tx).latest(digest)):
            if one is not None and await ConsentRows(tx).covers(one, now=self.clock()):
                return one
        return None

    async def _activated(self, tx: Tx, keys: Keys, consent: ConsentId, item_id: ItemId) -> None:
        log = ConsentLog(self.clock, self.audit)
        await log.add(tx, keys, consent, "active", detail={"items": [item_id]})

    async def _want(self, tx: Tx, item_id: ItemId) -> None:
        await InboxRows(tx).adopt(item_id)
        await SyncRows(tx).add(SyncId(uuid7()), item_id, reason="first", at=self.clock())
        await WorkRows(tx).want(item_id, full=True)
        await Jobs(tx).sync(item_id)


def status_line(row: ItemRow, next_step: str) -> dict[str, object]:
    """Describe an item's state for the feed."""
    return {
        "itemId": row.id,
        "status": row.status,
        "executionStatus": row.execution_status,
        "errorCode": row.error_code,
        "nextStep": next_step,
    }
