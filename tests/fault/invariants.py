"""What must hold after every step, whatever is wrong at the moment."""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import asyncpg

from tomada.domain.access import Caller
from tomada.services.walks import OVERLAP
from tomada.simulator import World
from tomada.simulator.records import AccountRecord, TransactionRecord

Version = tuple[int, str, str]

_ROWS = (
    "SELECT entity_id, item_id, account_id, pluggy_id, signed_minor, currency, status,"
    " gone_at IS NOT NULL AS gone FROM transactions"
)
_STATE = (
    "SELECT (SELECT json_object_agg(id, watermark) FROM accounts) AS marks,"
    " (SELECT json_object_agg(item_id, fence) FROM work) AS fences,"
    " (SELECT json_object_agg(entity_id, last) FROM feed_heads) AS heads,"
    " (SELECT json_object_agg(entity_id, n) FROM"
    "   (SELECT entity_id, count(*) AS n FROM feed GROUP BY 1) AS f) AS lines,"
    " (SELECT count(*) FROM work WHERE done > wanted) AS overdone,"
    " (SELECT count(*) FROM feed WHERE kind = 'open_finance.sync_completed') AS completed,"
    " (SELECT count(*) FROM audit WHERE action = 'sync_ended') AS ended,"
    " (SELECT count(*) FROM feed WHERE kind = 'open_finance.sync_failed') AS failed,"
    " (SELECT count(*) FROM audit WHERE action = 'sync_failed') AS noted,"
    " (SELECT count(*) FROM items) + (SELECT count(*) FROM audit"
    "   WHERE action = 'open_finance_connection_revoked') AS items,"
    " (SELECT count(*) FROM audit WHERE action = 'item_bound') AS bound,"
    " ARRAY(SELECT e FROM unnest($1::text[]) AS e"
    "   WHERE NOT EXISTS (SELECT FROM inbox WHERE event_id = e)) AS lost"
)


def version(row: TransactionRecord, account: AccountRecord) -> Version:
    """Say what a row of the bank means in minor units."""
    foreign = row.amount_in_account_currency
    amount = row.amount if foreign is None else foreign
    minor = int(abs(amount) * 100) * (-1 if row.type == "DEBIT" else 1)
    return minor, row.currency_code if foreign is None else account.currency_code, row.status


class Watched(Protocol):
    """An installation: its world, whose each item is, and which deliveries it acknowledged."""

    world: World
    items: dict[str, Caller]
    acknowledged: set[str]


@dataclass(slots=True)
class Watch:
    """Knows all that the banks ever said, and what the ledger said before."""

    house: Watched
    # As superuser, who alone sees the rows of every entity; set it before `check`.
    eye: asyncpg.Connection | None = None
    versions: dict[str, set[Version]] = field(default_factory=lambda: defaultdict(set))
    removed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    alive: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    revived: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    created: dict[str, datetime] = field(default_factory=dict)
    # Answers were spoiled: what was read then need not be what the bank ever said.
    misled: bool = False
    _before: dict[str, dict[str, Any]] = field(default_factory=dict)

    def bank(self) -> None:
        """Take note of what the banks say now."""
        now = set()
        for item in self.house.world.state.items.values():
            for account in item.accounts:
                for row in account.transactions:
                    now.add(row.id)
                    self.versions[row.id].add(version(row, account))
                    if row.created_at is not None:
                        self.created[row.id] = row.created_at
        for row_id in self.alive - now:
            self.removed[row_id] += 1
        self.alive = now

    async def check(self) -> None:
        """Raise where something does not hold."""
        assert self.eye is not None
        self.bank()
        state = await self.eye.fetchrow(_STATE, sorted(self.house.acknowledged))
        assert state["lost"] == [], f"I01: acknowledged and lost: {state['lost']}"
        assert state["overdone"] == 0, "I12: more was done than wanted"
        assert _parsed(state["heads"]) == _parsed(state["lines"]), "I14: the feed has a gap"
        for effect, entry in (("completed", "ended"), ("failed", "noted"), ("items", "bound")):
            assert state[effect] == state[entry], f"I10: {effect} and {entry} are not one to one"
        for name in ("marks", "fences", "heads"):
            self._never_back(name, _parsed(state[name]))
        rows = await self.eye.fetch(_ROWS)
        self._rows(rows)
        self._marks(_parsed(state["marks"]), {row["pluggy_id"] for row in rows})

    def _never_back(self, name: str, now: dict[str, Any]) -> None:
        for key, value in self._before.get(name, {}).items():
            if key in now and value is not None:
                assert now[key] is not None, f"I05: {name} of {key} was forgotten"
                assert now[key] >= value, f"I05: {name} of {key} went back"
        self._before[name] = now

    def _rows(self, rows: list[Any]) -> None:
        live: set[tuple[str, str]] = set()
        gone: set[str] = set()
        for row in rows:
            name = row["pluggy_id"]
            assert row["item_id"] in self.house.items, "I07: a row of a bank that was left"
            owner = self.house.items[row["item_id"]].entity_id
            assert row["entity_id"] == owner, "I04: a row of somebody else's item"
            if row["gone"]:
                gone.add(name)
                assert self.misled or self.removed[name], (
                    f"I03: {name} is gone, and the bank never took it back"
                )
                continue
            assert (row["account_id"], name) not in live, f"I02: two live rows of {name}"
            live.add((row["account_id"], name))
            said = (row["signed_minor"], row["currency"], row["status"])
            known = self.versions.get(name)
            assert self.misled or (known and said in known), f"I03: {name}: {said} not in {known}"
        names = {name for _, name in live}
        for name in (self.gone - gone) & names:
            self.revived[name] += 1
            assert self.removed[name] >= 1, f"I05: {name} came back by itself"
            assert name in self.alive or self.removed[name] > self.revived[name], (
                f"I05: {name} revived without the bank"
            )
        self.gone = gone

    def _marks(self, marks: dict[str, Any], known: set[str]) -> None:
        """I06: nothing that was collected well before the mark is missing.

        A walk may miss rows that come while it goes on; the next one begins that much earlier.
        """
        if self.misled:
            return
        for item in self.house.world.state.items.values():
            for account in item.accounts:
                mark = marks.get(account.id)
                if mark is None:
                    continue
                until = datetime.fromisoformat(mark) - OVERLAP
                for row in account.transactions:
                    if row.created_at is not None and row.created_at < until:
                        assert row.id in known, f"I06: the mark passed {row.id}"


def _parsed(text: str | None) -> dict[str, Any]:
    return {} if text is None else json.loads(text, parse_float=Decimal)
