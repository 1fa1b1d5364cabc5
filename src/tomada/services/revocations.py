"""Withdrawing: all reading of a bank stops in one commit, and what must follow is queued in it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.consents import Act
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import ConsentId, ItemId
from tomada.domain.revocations import History, Receipt
from tomada.services.audit import Audit
from tomada.services.consent_log import ConsentLog
from tomada.services.consents import agreed_institution
from tomada.services.items import known_as
from tomada.services.vault import Keys, Vault
from tomada.store.consents import ConsentRow, ConsentRows
from tomada.store.entities import EntityRows
from tomada.store.feed import FeedRows
from tomada.store.inbox import InboxRows
from tomada.store.item_endings import EndingRow, EndingRows
from tomada.store.items import ItemRow, ItemRows
from tomada.store.jobs import Jobs
from tomada.store.tx import Store, Tx
from tomada.store.work import WorkRows

_GONE = "DELETED"


@dataclass(frozen=True, slots=True)
class Revocations:
    """The way out: no reason is asked, Pluggy need not answer, nothing half done can stay.

    A run that is reading meanwhile cannot write what it read (``EntityRows.hold``); the deletion
    at Pluggy is a job of the same commit, repeated until Pluggy is seen without the item.
    """

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def of_item(
        self, caller: Caller, item_id: str, *, history: History = "erase", act: Act | None = None
    ) -> Receipt:
        """Withdraw from the bank of a connection.

        Raises ``NotFoundError`` for a foreign or unknown one.
        """
        item = known_as(item_id)
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            row = await ItemRows(tx).get(item)
            if row is None:
                raise NotFoundError("there is no such connection")
            consent = await ConsentRows(tx).get(row.consent_id)
            return await self._revoke(tx, caller, keys, consent, row, history, act or Act())

    async def of_consent(
        self,
        caller: Caller,
        consent_id: UUID,
        *,
        history: History = "erase",
        act: Act | None = None,
    ) -> Receipt:
        """Withdraw a consent, and with it every other for the same bank; ``NotFoundError``."""
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            consent = await ConsentRows(tx).get(consent_id)
            if consent is None:
                raise NotFoundError("there is no such consent")
            return await self._revoke(tx, caller, keys, consent, None, history, act or Act())

    async def _revoke(
        self,
        tx: Tx,
        caller: Caller,
        keys: Keys,
        consent: ConsentRow | None,
        named: ItemRow | None,
        history: History,
        act: Act,
    ) -> Receipt:
        found = named.institution_digest if named is not None else None
        digest = consent.institution_digest if consent is not None else found
        if digest is None:
            raise NotFoundError("there is no such connection")
        now, receipt_id = self.clock(), str(uuid7())
        items = [one for one in await ItemRows(tx).all() if one.institution_digest == digest]
        # Items come first: events that come in and runs lock them before anything else.
        for item in items:
            await self._stop(tx, item, history=history, at=now)
        await EntityRows(tx).bump()
        consents = await ConsentRows(tx).revoke(digest, at=now)
        told = {
            "receipt": receipt_id,
            "history": history,
            "items": [one.id for one in items],
            "act": {"control": act.control, "channel": act.channel, "session": act.session,
                    "network": act.network, "agent": act.agent, "strength": act.strength},
        }  # fmt: skip
        log = ConsentLog(self.clock, self.audit)
        events = [
            await log.add(tx, keys, one, "revoked_here", caller=caller, detail=told)
            for one in consents
        ]
        for item in items:
            await self._end(tx, caller, item, history=history, at=now)
        return Receipt(
            id=receipt_id,
            at=now,
            institution="" if consent is None else agreed_institution(keys, consent),
            history=history,
            consents=tuple(consents),
            items=tuple(one.id for one in items),
            event_sha256=tuple(events),
        )

    async def _stop(self, tx: Tx, item: ItemRow, *, history: History, at: datetime) -> None:
        rows = ItemRows(tx)
        if history == "erase":
            if not await rows.remove(item.id):
                raise NotFoundError("there is no such connection")
        else:
            await WorkRows(tx).lock(item.id)
            await WorkRows(tx).drop(item.id)
            await rows.retire(item.id, status=_GONE)
        await InboxRows(tx).close(item.id, at=at)

    async def _end(
        self, tx: Tx, caller: Caller, item: ItemRow, *, history: History, at: datetime
    ) -> None:
        if item.status != _GONE:
            consent = ConsentId(item.consent_id)
            await EndingRows(tx).add(EndingRow(ItemId(item.id), caller.entity_id, consent, at))
            await Jobs(tx).end(item.id)
        line = {
            "itemId": item.id, "status": "DISCONNECTED", "executionStatus": "",
            "errorCode": None, "nextStep": "none",
        }  # fmt: skip
        await FeedRows(tx).append([("item.status", line)], at=at)
        await self.audit.write(
            tx,
            "open_finance_connection_revoked",
            caller=caller,
            subject=("item", item.id),
            data={"history": history},
        )
