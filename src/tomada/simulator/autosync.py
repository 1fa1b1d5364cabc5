"""Run items by themselves when their time has come, as the provider does daily."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from tomada.simulator.clock import WorldClock
from tomada.simulator.executions import Executions
from tomada.simulator.state import ItemRecord, State

# How often the plan is looked at; the plan itself is in the clock's time.
_PERIOD = 1.0


@dataclass(frozen=True, slots=True, repr=False)
class AutoSync:
    """The planned runs of one world."""

    clock: WorldClock
    state: State
    executions: Executions

    def run_due(self) -> list[ItemRecord]:
        """Start every planned run whose time has come, and give those items."""
        now = self.clock()
        due = [
            item
            for item in self.state.items.values()
            if item.next_auto_sync_at is not None
            and item.next_auto_sync_at <= now
            and not self.executions.running(item.id)
        ]
        for item in due:
            item.triggered_by, item.next_auto_sync_at = "SYNC", None
            self.executions.start_usual(item)
        return due

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep to the plan until left."""
        async with self.clock.keeping(self._next_due, self.run_due, period=_PERIOD):
            yield

    def _next_due(self) -> datetime | None:
        planned = (
            item.next_auto_sync_at
            for item in self.state.items.values()
            if item.next_auto_sync_at is not None and not self.executions.running(item.id)
        )
        return min(planned, default=None)
