"""A person with one bank, an hour hand that the test turns, and readings when the test says so."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.conftest import Running
from tests.integration.path.connecting import agree
from tests.integration.path.truth import Dump, held, truth
from tomada.bootstrap import App, open_app
from tomada.domain.access import Caller
from tomada.domain.ids import AccountId, ItemId
from tomada.domain.transactions import Transaction
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.simulator.world import World
from tomada.store.transactions import Filter, TransactionRow, TransactionRows
from tomada.store.work import WorkRows

OPEN_FINANCE = 600
"""The simulator's bank whose items have consents."""


@dataclass(slots=True)
class Hand:
    """A clock that runs, and jumps when it is told to."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def turn(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass(slots=True)
class Home:
    """Somebody's bank and what the ledger holds of it; nothing reads by itself."""

    running: Running
    caller: Caller
    item: ItemId
    hand: Hand

    @property
    def app(self) -> App:
        return self.running.app

    @property
    def world(self) -> World:
        return self.running.simulator.world

    def account(self, subtype: str = "CHECKING_ACCOUNT") -> AccountRecord:
        """The bank's side of one account."""
        listed = self.world.state.items[self.item].accounts
        return next(one for one in listed if one.subtype == subtype)

    def rows_of(self, subtype: str = "CHECKING_ACCOUNT") -> list[TransactionRecord]:
        """What the bank has of one account."""
        return self.account(subtype).transactions

    async def read(self, *, full: bool = False, item: ItemId | None = None) -> None:
        """Serve all that is wanted of the item now, with a complete reading where *full*."""
        item = item or self.item
        async with self.app.store.begin() as tx:
            await WorkRows(tx).want(item, full=full)
        await self.app.reading.run(item)

    async def sweeps(self, *, apart: float = 7) -> None:
        """Two complete readings, so many hours apart."""
        await self.read(full=True)
        self.hand.turn(hours=apart)
        await self.read(full=True)

    async def held(self) -> Dump:
        return await held(self.running, self.caller.entity_id, self.item)

    async def truth(self) -> Dump:
        return await truth(self.running, self.item)

    async def find(self, pluggy_id: str) -> Transaction:
        """The live row that Pluggy calls so."""
        page = await self.app.ledger.transactions(self.caller.entity_id, limit=500)
        rows = list(page.transactions)
        while page.next_cursor is not None:
            page = await self.app.ledger.transactions(
                self.caller.entity_id, limit=500, cursor=page.next_cursor
            )
            rows += page.transactions
        return next(one for one in rows if one.movement.pluggy_id == pluggy_id)

    async def stored(self, account: AccountRecord) -> dict[str, TransactionRow]:
        """The account's live rows as stored, by Pluggy's id."""
        async with self.app.store.begin(self.caller.entity_id) as tx:
            rows = await TransactionRows(tx).page(
                Filter(account_id=AccountId(account.id)), after=None, limit=10_000
            )
        return {one.pluggy_id: one for one in rows}

    def bought(
        self, description: str, amount: str, *, card: bool = True, **more: Any
    ) -> TransactionRecord:
        """Let a purchase happen."""
        account = self.account("CREDIT_CARD" if card else "CHECKING_ACCOUNT")
        return self.world.post(
            self.item, kind="purchase", account_id=account.id, description=description,
            amount=Decimal(amount), **more,
        )  # fmt: skip

    def again(self, row: TransactionRecord, **changes: Any) -> TransactionRecord:
        """Let the bank show a movement under a new id; nothing tells that it is the same one."""
        found = self.world.ledgers.row(row.id)
        assert found is not None
        self.world.ledgers.remove(*found)
        now = self.hand()
        new = replace(
            row,
            id=self.world.ids.new("transaction"),
            provider_id=None,
            created_at=now,
            updated_at=now,
            **changes,
        )
        self.world.ledgers.add(found[0], new)
        return new

    async def ask(self, statement: str, *values: object) -> Any:
        """One value out of the entity's tables."""
        async with self.app.store.begin(self.caller.entity_id) as tx:
            return await tx.conn.fetchval(statement, *values)

    async def feed(self, after: int = 0) -> list[tuple[str, list[str]]]:
        """What was told of rows: kinds and our ids."""
        entries = await self.app.feed.after(self.caller.entity_id, after)
        return [
            (one.kind, [str(name) for name in ids])
            for one in entries
            if isinstance(ids := one.data.get("transactionIds"), list)
        ]


async def opened(running: Running, token: str) -> ItemId:
    """Connect with a connect token, and agree at the bank."""
    world = running.simulator.world
    async with httpx2.AsyncClient(base_url=running.simulator.url) as http:
        answer = await http.post(
            "/items",
            json={"connectorId": OPEN_FINANCE, "parameters": {"cpf": "761.092.776-73"}},
            headers={"X-API-KEY": token},
        )
    answer.raise_for_status()
    item = ItemId(answer.json()["id"])
    await world.settled()
    world.decide(item)
    await world.settled()
    return item


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def simulator(hand: Hand) -> AsyncIterator[Simulator]:
    """A local Pluggy that tells nobody anything, on the test's clock."""
    settings = SimulatorSettings(
        clock=hand, requests_per_minute=None, auto_sync_hours=None, page_size=60
    )
    settings = replace(settings, products=replace(settings.products, revoked_lists="empty"))
    async with run_simulator(settings) as running:
        running.world.hooks.mode = "drop"
        yield running


@pytest.fixture
async def home(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings], hand: Hand
) -> AsyncIterator[Home]:
    settings = settings_for(simulator, 8600)
    async with open_app(settings, clock=hand) as app:
        running = Running(app, settings.origin, simulator)
        caller = await running.someone()
        await agree(running, caller, OPEN_FINANCE)
        made = await app.connect.create_token(caller, connector_id=OPEN_FINANCE, item_id=None)
        item = await opened(running, made.connect_token)
        await app.syncs.start(caller, item)
        await app.reading.run(item)
        yield Home(running, caller, item, hand)
