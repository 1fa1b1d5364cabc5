"""The payments side of one world, put together, and its time."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from tomada.simulator.clock import WorldClock, world_clock
from tomada.simulator.connectors import Catalogue
from tomada.simulator.hooks import Hooks
from tomada.simulator.ids import Ids
from tomada.simulator.payments.automatic_pix import AutomaticPix
from tomada.simulator.payments.boletos import PATHS, Boletos
from tomada.simulator.payments.bulks import Bulks
from tomada.simulator.payments.desk import KINDS, Desk
from tomada.simulator.payments.institutions import institutions
from tomada.simulator.payments.intents import Intents
from tomada.simulator.payments.parties import Parties
from tomada.simulator.payments.records import PaymentsState
from tomada.simulator.payments.requests import Requests
from tomada.simulator.payments.schedules import Schedules
from tomada.simulator.payments.smart_transfers import SmartTransfers
from tomada.simulator.refusals import invalid
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import State

# How often what is due is looked for; when it is due is in the clock's time.
_PERIOD = 0.5


@dataclass(frozen=True, slots=True, repr=False)
class Payments:
    """Everything about payments in one world."""

    clock: WorldClock
    desk: Desk
    parties: Parties
    requests: Requests
    schedules: Schedules
    automatic_pix: AutomaticPix
    bulks: Bulks
    intents: Intents
    smart_transfers: SmartTransfers
    boletos: Boletos

    def run_due(self) -> int:
        """Let everything happen whose time has come, in order of time; give the count."""
        count = 0
        # One at a time: what happens may bring about or prevent what comes after it. The clock
        # may go on meanwhile, and steps that take no time follow at once all the same.
        while due := [one for one in self._waiting() if one[0] <= self.desk.now()]:
            _, act = min(due, key=itemgetter(0))
            act()
            count += 1
        return count

    def let_fail(self, kind: str, outcome: str, *, count: int = 1) -> None:
        """Say how the next *count* payments of *kind* end: a code, or a status of boletos."""
        if kind not in KINDS:
            raise invalid(f"kind must be one of the following values: {', '.join(KINDS)}")
        if kind == "boleto" and outcome not in PATHS:
            raise invalid(f"outcome must be one of the following values: {', '.join(PATHS)}")
        self.desk.tables.outcomes.setdefault(kind, []).extend([outcome] * count)
        self.desk.changed()

    def clear(self) -> None:
        """Forget everything."""
        self.desk.world_state.payments = PaymentsState()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass until left."""
        async with self.clock.keeping(self._next_due, self.run_due, period=_PERIOD):
            yield

    def _next_due(self) -> datetime | None:
        return min((when for when, _ in self._waiting()), default=None)

    def _waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        parts = (
            self.requests,
            self.intents,
            self.schedules,
            self.automatic_pix,
            self.smart_transfers,
            self.boletos,
        )
        for part in parts:
            yield from part.waiting()


def payments_of(
    settings: SimulatorSettings, state: State, ids: Ids, catalogue: Catalogue, hooks: Hooks
) -> Payments:
    """Put the payments side of a world together."""
    desk = Desk(settings, state, ids, catalogue, hooks, institutions())
    parties = Parties(desk)
    requests = Requests(desk, parties)
    schedules = Schedules(desk, requests)
    automatic_pix = AutomaticPix(desk, requests, parties)
    bulks = Bulks(desk, requests, parties)
    return Payments(
        clock=world_clock(settings.clock),
        desk=desk,
        parties=parties,
        requests=requests,
        schedules=schedules,
        automatic_pix=automatic_pix,
        bulks=bulks,
        intents=Intents(desk, requests, schedules, automatic_pix, bulks),
        smart_transfers=SmartTransfers(desk, parties),
        boletos=Boletos(desk),
    )
