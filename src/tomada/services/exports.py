"""Handing a person a copy of everything: made by a job, kept sealed, taken once within 72 hours."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.controller import Controller
from tomada.domain.errors import NotFoundError, TooManyAttemptsError
from tomada.domain.ids import EntityId
from tomada.services.accesses import Accesses
from tomada.services.audit import Audit
from tomada.services.consents import Consents
from tomada.services.copies import Archive
from tomada.services.sources import sources, summary
from tomada.services.vault import Vault
from tomada.store.access import AttemptRows
from tomada.store.columns import ColumnMap
from tomada.store.jobs import Jobs
from tomada.store.privacy_requests import ExportParts, RequestRow, RequestRows
from tomada.store.tx import Store
from tomada.telemetry import log

KEPT = timedelta(hours=72)
ONE_A = timedelta(days=1)
_ONE_TRY = timedelta(minutes=10)
_PART = 1024 * 1024
_ACCESSES = 100_000
_TABLE = "export_parts"


@dataclass(frozen=True, slots=True)
class Exports:
    """Copies of the installation's entities."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    consents: Consents
    accesses: Accesses
    map: ColumnMap
    controller: Controller

    async def ask(self, caller: Caller) -> RequestRow:
        """Have a copy made; raises ``TooManyAttemptsError`` for a second one within a day."""
        now = self.clock()
        door = self.vault.system.digest("export", caller.entity_id.bytes)
        row = RequestRow(uuid7(), caller.entity_id, "export", "queued", now, now)
        async with self.store.begin(caller.entity_id) as tx:
            tries = AttemptRows(tx)
            await tries.lock([door])
            earlier = await RequestRows(tx).of(caller.entity_id, "export")
            latest = max((one.requested_at for one in earlier), default=None)
            if latest is not None and now - latest < ONE_A:
                raise TooManyAttemptsError(int((latest + ONE_A - now).total_seconds()) + 1)
            await RequestRows(tx).add(row)
            await Jobs(tx).privacy(row.id)
            subject = ("request", str(row.id))
            await self.audit.write(tx, "export_requested", caller=caller, subject=subject)
        return row

    def possible(self, earlier: Sequence[RequestRow], now: datetime) -> bool:
        """Tell whether another copy may be asked for, after *earlier* ones, newest first."""
        return not earlier or now - earlier[0].requested_at >= ONE_A

    async def list(self, caller: Caller) -> list[RequestRow]:
        """List the copies that were asked for, the newest first."""
        async with self.store.begin(caller.entity_id) as tx:
            return await RequestRows(tx).of(caller.entity_id, "export")

    async def serve(self, request_id: UUID) -> None:
        """Make a copy, if that is due."""
        now = self.clock()
        async with self.store.begin() as tx:
            row = await RequestRows(tx).take(request_id, now=now, again_at=now + _ONE_TRY)
        if row is None:
            return
        keys = await self.vault.keys(row.owner)
        made = await self._make(row.owner, now)
        async with self.store.begin(row.owner) as tx:
            parts = ExportParts(tx)
            # What a try before this one left behind.
            await parts.take(row.id)
            for n, start in enumerate(range(0, len(made), _PART)):
                place = f"{row.id}/{n}"
                piece = keys.seal(_TABLE, place, made[start : start + _PART])
                await parts.add(row.id, n, piece)
            at = self.clock()
            await RequestRows(tx).ready(row.id, at=at, expires_at=at + KEPT)
            await self.audit.write(
                tx, "export_ready", subject=("request", str(row.id)), data={"bytes": len(made)}
            )
        log.info("export_ready", size=len(made))

    async def take(self, caller: Caller, request_id: UUID) -> bytes:
        """Give a copy and delete it here; raises ``NotFoundError`` for a second time, or too late."""
        keys = await self.vault.keys(caller.entity_id)
        async with self.store.begin(caller.entity_id) as tx:
            row = await RequestRows(tx).get(request_id)
            if row is None or row.owner != caller.entity_id or row.kind != "export":
                raise NotFoundError("there is no such copy")
            if row.expires_at is None or row.expires_at <= self.clock():
                raise NotFoundError("there is no such copy any more")
            if not await RequestRows(tx).end(row.id, state="taken", at=self.clock(), was="ready"):
                raise NotFoundError("this copy was taken")
            parts = await ExportParts(tx).take(row.id)
            made = b"".join(keys.open(_TABLE, f"{row.id}/{n}", one) for n, one in parts)
            await self.audit.write(
                tx, "export_taken", caller=caller, subject=("request", str(row.id)),
                data={"bytes": len(made), "sha256": hashlib.sha256(made).hexdigest()},
            )  # fmt: skip
        return made

    async def expire(self) -> int:
        """Delete copies that nobody took within 72 hours; gives how many."""
        async with self.store.begin() as tx:
            stale = await RequestRows(tx).stale(now=self.clock())
        for row in stale:
            async with self.store.begin(row.owner, erasing=True) as tx:
                await ExportParts(tx).take(row.id)
                await RequestRows(tx).end(row.id, state="expired", at=self.clock(), was="ready")
        return len(stale)

    async def _make(self, entity: EntityId, now: datetime) -> bytes:
        keys = await self.vault.keys(entity)
        proofs = await self.consents.proofs(entity)
        accesses = await self.accesses.list(entity, limit=_ACCESSES)

        def files(counts: dict[str, int]) -> dict[str, bytes | str]:
            return {
                "consents.json": msgspec.json.format(msgspec.json.encode(proofs), indent=2),
                "accesses.json": msgspec.json.format(msgspec.json.encode(accesses), indent=2),
                "resumo.txt": summary("pt-BR", counts, now),
                "summary.txt": summary("en", counts, now),
                "sources.md": sources(self.controller, self.map),
            }

        head = {"data": {"entity": str(entity), "madeAt": now}, "files": files}
        async with self.store.begin(entity) as tx:
            return await Archive().fill(tx, keys, self.map, head)
