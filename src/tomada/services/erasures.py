"""Erasing a person: the key first, so that nothing opens any more, then every row.

Durable and safe to repeat at each step. From the commit that asks for it on, whatever reads the
entity is answered that it is gone (``Store.begin``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.consents import Act
from tomada.domain.errors import NotFoundError
from tomada.domain.ids import EntityId, ItemId
from tomada.services.audit import Audit
from tomada.services.consent_log import ConsentLog
from tomada.services.vault import Keys, Vault
from tomada.store.columns import ColumnMap
from tomada.store.consents import ConsentRows
from tomada.store.entities import EntityRows
from tomada.store.erasure_ledger import Erased, ErasureLedger
from tomada.store.inbox import InboxRows
from tomada.store.item_endings import EndingRow, EndingRows
from tomada.store.items import ItemRows
from tomada.store.jobs import Jobs
from tomada.store.privacy_requests import RequestRow, RequestRows
from tomada.store.subject_rows import SubjectRows
from tomada.store.tx import Store, Tx
from tomada.telemetry import log

_ONE_TRY = timedelta(minutes=5)
_BATCH = 5000
# What other tables hang on goes last, so that no statement takes a whole history with it.
_LAST = ("accounts", "investments", "syncs", "items")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure deletes, by table, and what stays and why."""

    rows: dict[str, int]
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class Erasures:
    """Erases entities, and sees to it that no restored backup brings one back."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    map: ColumnMap
    ledger: ErasureLedger

    async def plan(self, caller: Caller) -> Plan:
        """Count what would go."""
        async with self.store.begin(caller.entity_id) as tx:
            rows = {name: await SubjectRows(tx).count(name) for name in self.map.erased()}
        return Plan({name: count for name, count in rows.items() if count}, self.map.kept())

    async def ask(self, caller: Caller, *, act: Act | None = None) -> RequestRow:
        """Close the entity at once and have it erased; gives the request, whose id is the receipt."""
        plan = await self.plan(caller)
        keys = await self.vault.keys(caller.entity_id)
        now = self.clock()
        row = RequestRow(uuid7(), caller.entity_id, "erasure", "queued", now, now)
        async with self.store.begin(caller.entity_id) as tx:
            await self._close(tx, now)
            await self._withdraw(tx, caller, keys, act or Act(), row.id)
            await RequestRows(tx).add(row)
            await Jobs(tx).privacy(row.id)
            await self.audit.write(
                tx, "erasure_requested", caller=caller, subject=("request", str(row.id)),
                data={"rows": sum(plan.rows.values())},
            )  # fmt: skip
        return row

    async def find(self, request_id: UUID) -> RequestRow:
        """Find a request by its id, which who asked has as the receipt; ``NotFoundError``."""
        async with self.store.begin() as tx:
            row = await RequestRows(tx).get(request_id)
        if row is None or row.kind != "erasure":
            raise NotFoundError("there is no such erasure")
        return row

    async def serve(self, request_id: UUID) -> None:
        """Erase, if that is due; what was done before a process died is not done again."""
        now = self.clock()
        async with self.store.begin() as tx:
            row = await RequestRows(tx).take(request_id, now=now, again_at=now + _ONE_TRY)
        if row is not None:
            await self._erase(row)

    async def replay(self) -> int:
        """Erase anew whom a restored backup brought back; gives how many.

        Called before anything else is served.
        """
        erased = 0
        for line in self.ledger.read(self._mark):
            async with self.store.begin(line.entity, erasing=True) as tx:
                state = await EntityRows(tx).state()
                if state is None or state == "erased":
                    continue
                await self._close(tx, self.clock())
                row = RequestRow(
                    line.request, line.entity, "erasure", "queued", line.at, self.clock()
                )
                await RequestRows(tx).add(row)
                await RequestRows(tx).reopen(row.id)
            await self._erase(row)
            log.warning("erasure_replayed", request=str(line.request))
            erased += 1
        return erased

    async def _close(self, tx: Tx, now: datetime) -> None:
        """Let nobody read the entity any more, and have its items ended at Pluggy."""
        for item in await ItemRows(tx).all():
            await ItemRows(tx).unroute(item.id)
            await InboxRows(tx).close(item.id, at=now)
            if item.status != "DELETED":
                ending = EndingRow(ItemId(item.id), tx.scope(), None, now)
                await EndingRows(tx).add(ending)
                await Jobs(tx).end(ending.item_id)
        await EntityRows(tx).bump()
        await EntityRows(tx).close("erasing")

    async def _withdraw(
        self, tx: Tx, caller: Caller, keys: Keys, act: Act, request_id: UUID
    ) -> None:
        consents = ConsentLog(self.clock, self.audit)
        told = {"receipt": str(request_id), "history": "erase", "control": act.control}
        for consent_id in await ConsentRows(tx).revoke_all(at=self.clock()):
            await consents.add(tx, keys, consent_id, "revoked_here", caller=caller, detail=told)

    async def _erase(self, row: RequestRow) -> None:
        entity, subject = row.owner, ("request", str(row.id))
        # The file first: whatever is restored after this, this entity is erased again.
        self.ledger.add(Erased(entity, row.id, row.requested_at), self._mark)
        async with self.store.begin(entity, erasing=True) as tx:
            if await self.vault.destroy(tx):
                await self.audit.write(tx, "entity_key_destroyed", subject=subject)
        counts = await self._rows(entity)
        async with self.store.begin(entity, erasing=True) as tx:
            left = [name for name in self.map.erased() if await SubjectRows(tx).count(name)]
            if left:
                # Somebody who had begun before the entity was closed; the next try takes it too.
                await RequestRows(tx).later(row.id, at=self.clock())
                await Jobs(tx).privacy(row.id)
                return
            await EntityRows(tx).drop_people(self.map.routes())
            await EntityRows(tx).close("erased")
            await RequestRows(tx).end(row.id, state="done", at=self.clock(), was="queued")
            await self.audit.write(
                tx, "entity_erased", subject=subject,
                data={"rows": sum(counts.values()), "kept": sorted(self.map.kept())},
            )  # fmt: skip
        self.vault.forget(entity)
        log.info("subject_erased", request=str(row.id))

    async def _rows(self, entity: EntityId) -> dict[str, int]:
        async with self.store.begin(entity, erasing=True) as tx:
            items = [one.id for one in await ItemRows(tx).all()]
            items += [one.item_id for one in await EndingRows(tx).of(entity)]
            counts = {"inbox": await InboxRows(tx).erase(items)}
        for name in sorted(self.map.erased(), key=lambda one: (one in _LAST, _place(one))):
            counts[name] = 0
            more = True
            while more:
                async with self.store.begin(entity, erasing=True) as tx:
                    gone = await SubjectRows(tx).delete(name, most=_BATCH)
                counts[name] += gone
                more = gone == _BATCH
        return counts

    def _mark(self, said: bytes) -> bytes:
        return self.vault.system.digest("erasure ledger", said)


def _place(name: str) -> int:
    return _LAST.index(name) if name in _LAST else 0
