"""What a person may do about their own data, put together."""

from dataclasses import dataclass
from uuid import UUID

from tomada.domain.clock import Clock
from tomada.domain.controller import Controller
from tomada.pluggy import PluggyClient
from tomada.services.accesses import Accesses
from tomada.services.backoff import Backoff
from tomada.services.consents import Consents
from tomada.services.endings import Endings
from tomada.services.erasures import Erasures
from tomada.services.exports import Exports
from tomada.services.retention import Retention
from tomada.services.revocations import Revocations
from tomada.store.columns import column_map
from tomada.store.erasure_ledger import ErasureLedger
from tomada.store.privacy_requests import RequestRows
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Privacy:
    """The ways out, each a service of its own."""

    store: Store
    clock: Clock
    controller: Controller
    accesses: Accesses
    revocations: Revocations
    endings: Endings
    exports: Exports
    erasures: Erasures
    retention: Retention

    async def serve(self, request_id: str) -> None:
        """Make the copy or erase the person that a request asks for; safe to repeat."""
        async with self.store.begin() as tx:
            row = await RequestRows(tx).get(UUID(request_id))
        if row is not None:
            await (self.exports if row.kind == "export" else self.erasures).serve(row.id)

    async def sweep(self) -> None:
        """Serve what is due and has no job any more, and delete copies that nobody took."""
        async with self.store.begin() as tx:
            due = await RequestRows(tx).due(now=self.clock())
        for request_id in due:
            await self.serve(str(request_id))
        await self.exports.expire()
        await self.endings.sweep()


def put_together(consents: Consents, pluggy: PluggyClient, ledger: ErasureLedger) -> Privacy:
    """Make them on what consents stand on."""
    store, vault, clock = consents.store, consents.vault, consents.clock
    audit, controller, known = consents.audit, consents.notices.controller, column_map()
    accesses = Accesses(store, audit)
    return Privacy(
        store=store,
        clock=clock,
        controller=controller,
        accesses=accesses,
        revocations=Revocations(store, vault, clock, audit),
        endings=Endings(store, vault, clock, audit, pluggy, Backoff()),
        exports=Exports(store, vault, clock, audit, consents, accesses, known, controller),
        erasures=Erasures(store, vault, clock, audit, known, ledger),
        retention=Retention(store, vault, clock, audit),
    )
