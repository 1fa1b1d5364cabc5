"""A person withdraws from a bank: from then on nothing of it is asked for, and nothing is written."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

import asyncpg

from tests.fault.installation import Installation
from tomada.simulator.recorder import Recorded

REACTION = timedelta(seconds=5)
ENDED_WITHIN = timedelta(minutes=15)
LEGS = 3
_TABLES = (
    *("items", "accounts", "transactions", "bills", "investments", "investment_transactions"),
    *("loans", "identities", "bank_consents"),
)
_LEFT = " + ".join(
    f"(SELECT count(*) FROM {table} WHERE {'id' if table == 'items' else 'item_id'} = $1)"  # noqa: S608  (names from above)
    for table in _TABLES
)


@dataclass(slots=True)
class Leaving:
    """Who has left, and what Pluggy was asked for since."""

    house: Installation
    left: dict[str, tuple[datetime, frozenset[str]]] = field(default_factory=dict)
    _last: Recorded | None = None

    async def leave(self, eye: asyncpg.Connection, item: str) -> bool:
        """Withdraw from *item*; False where the process died before that was committed."""
        caller = self.house.items[item]
        record = self.house.world.state.items[item]
        names = {item, *(one.id for one in record.accounts), *(i.id for i in record.investments)}
        await self.house.do(lambda app: app.privacy.revocations.of_item(caller, item))
        if await eye.fetchval("SELECT count(*) FROM items WHERE id = $1", item):
            return False
        self.left[item] = self.house.time(), frozenset(names)
        del self.house.items[item]
        return True

    async def check(self, eye: asyncpg.Connection) -> None:
        """Raise where anything of a bank that was left is kept, written or asked for (I07)."""
        log = self.house.world.recorder.log
        fresh = list(takewhile(lambda one: one is not self._last, reversed(log)))
        self._last = log[-1] if log else None
        for item, (since, names) in self.left.items():
            kept = await eye.fetchval(f"SELECT {_LEFT}", item)
            assert kept == 0, f"I07: {kept} rows of a bank that was left"
            for one in fresh:
                if one.at <= since + REACTION or one.path == f"/items/{item}":
                    continue
                asked = f"{one.path}?{one.query}"
                assert not any(name in asked for name in names), f"I07: {one.method} {asked}"

    async def settle(self) -> None:
        """Give the deletions at Pluggy their quarter of an hour; raise where one is not done."""
        for _ in range(LEGS):
            if not self._there():
                return
            await self.house.pass_time(ENDED_WITHIN / LEGS)
        assert not self._there(), f"I07: Pluggy still has the item after {ENDED_WITHIN}"

    def _there(self) -> bool:
        return not self.left.keys().isdisjoint(self.house.world.state.items)
