"""How the installation does its work, for whoever keeps it running; counts, codes and instants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tomada.domain.clock import Clock
from tomada.domain.inbox import DEAD, Entry, Selection
from tomada.pluggy.limits import PUBLISHED, SPECIAL
from tomada.services.inbox_desk import InboxDesk, Replayed
from tomada.store.figures import FigureRows, HookState
from tomada.store.inbox_desk import InboxDeskRows
from tomada.store.tx import Store

_SHOWN = 50
_WINDOW = timedelta(seconds=PUBLISHED.seconds)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of one endpoint family's limit was used in the latest minute."""

    family: str
    used: int
    limit: int


@dataclass(frozen=True, slots=True)
class Operation:
    """One look: events by state, readings by state, jobs, the webhook, limits, dead letters."""

    at: datetime
    events: Mapping[str, int]
    oldest_waiting: datetime | None
    latest: datetime | None
    readings: Mapping[str, int]
    jobs: int
    jobs_since: datetime | None
    hook: HookState | None
    allowances: tuple[Allowance, ...]
    dead: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Operating:
    """What an operator sees and may do; nothing of anybody's data."""

    store: Store
    clock: Clock
    desk: InboxDesk

    async def look(self) -> Operation:
        """Look once; changes nothing."""
        async with self.store.begin() as tx:
            rows = FigureRows(tx)
            now = await rows.now()
            events = await rows.inbox()
            latest, oldest = await InboxDeskRows(tx).times()
            queue = await rows.queue(now=now)
            readings = await rows.readings(now=self.clock())
            hook = await rows.hook()
            used = await rows.allowances(since=now - _WINDOW)
        dead = await self.desk.entries(Selection(states=DEAD), limit=_SHOWN)
        limits = tuple(
            Allowance(family, places, SPECIAL.get(family, PUBLISHED).requests)
            for family, places in sorted(used.items())
        )
        return Operation(
            self.clock(), events, oldest, latest, readings, queue.waiting, queue.since, hook,
            limits, tuple(dead),
        )  # fmt: skip

    async def replay(self, event_id: str | None, *, actor: str) -> Replayed:
        """Have one event done again, or every parked one; raises ``NotFoundError``."""
        if event_id is not None:
            await self.desk.get(event_id)
        which = Selection(states=("parked",)) if event_id is None else Selection((), (event_id,))
        return await self.desk.replay(which, actor=actor)
