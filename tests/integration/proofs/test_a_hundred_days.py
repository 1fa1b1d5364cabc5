"""A hundred days of an ordinary household: the balance proof never raises its voice."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, widget_connects
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.domain.ids import EntityId, ItemId
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator

DAYS = 100
SAVINGS = "SAVINGS_ACCOUNT"


@dataclass(slots=True)
class Hand:
    """A clock that is moved by hand."""

    now: datetime = field(default_factory=lambda: datetime(2026, 6, 1, 15, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def simulator(hand: Hand) -> AsyncIterator[Simulator]:
    settings = SimulatorSettings(
        clock=hand, retry_scale=0, requests_per_minute=None, auto_sync_hours=None, seed=7
    )
    async with run_simulator(settings) as running:
        running.world.hooks.mode = "drop"
        yield running


@pytest.mark.slow
async def test_a_household_lives_a_hundred_days_without_a_case(
    hand: Hand, simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> None:
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(simulator, bound.getsockname()[1])
    async with open_app(settings, clock=hand) as app, serving(app, listener=bound):
        alone = Running(app, settings.origin, simulator)
        people: list[tuple[EntityId, ItemId]] = []
        for user in ("user-ok-two-checking-accounts",):
            caller = await alone.someone(f"{user}@example.com")
            await agree(alone, caller)
            made = await app.connect.create_token(caller, connector_id=BANK, item_id=None)
            item = await widget_connects(alone, made.connect_token, user=user)
            for account in simulator.world.state.items[item].accounts:
                for row in account.transactions:
                    # Rows of long ago are not read again every day.
                    row.created_at = min(row.date, hand.now - timedelta(days=1))
            await app.syncs.start(caller, item)
            await app.reading.run(item)
            people.append((caller.entity_id, item))
            assert len(await app.proofs.anchors(caller.entity_id)) >= 2

        for day in range(DAYS):
            hand.now += timedelta(days=1)
            async with app.store.begin() as tx:
                # The allowance towards Pluggy is kept by the database's clock, which stands still.
                await tx.conn.execute("DELETE FROM allowance_places")
            for entity, item in people:
                for account in simulator.world.state.items[item].accounts:
                    # Savings move once a month, the others every day.
                    if (
                        account.type == "BANK"
                        and day % (30 if account.subtype == SAVINGS else 1) == 0
                    ):
                        simulator.world.post(item, account_id=account.id)
                await app.syncs.want(entity, item, reason="schedule", full=day % 50 == 0)
                await app.reading.run(item)
                assert await app.proofs.cases(entity) == [], day
        for entity, _ in people:
            page = await app.ledger.transactions(entity)
            assert len({one.movement.day for one in page.transactions}) > DAYS // 4
