"""Days pass in moments: events that are lost, late, doubled and out of order, and what is left.

``TOMADA_TEST_PERMUTATIONS`` sets how many days of shuffled events are lived through.
"""

import os
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, widget_connects
from tests.integration.path.truth import held, truth
from tests.integration.webhooks.door import PATH, Door, Hands, door
from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.pluggy.limits import Allowance
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.simulator.deliveries import Delivery
from tomada.store.work import WorkRows

DAYS = int(os.environ.get("TOMADA_TEST_PERMUTATIONS", "25"))
PEOPLE = 2


@dataclass(frozen=True, slots=True)
class Days:
    """One installation and one Pluggy under one clock; nothing runs but what a test lets run."""

    door: Door
    simulator: Simulator
    hands: Hands
    rng: random.Random

    @property
    def running(self) -> Running:
        return Running(self.door.app, self.door.app.settings.origin, self.simulator)

    async def drain(self) -> None:
        """Do all that is wanted."""
        await self.simulator.world.settled()
        while True:
            async with self.door.app.store.begin() as tx:
                left = await WorkRows(tx).left(now=self.hands())
            if not left:
                return
            for item in left:
                await self.door.app.reading.run(item)

    async def person(self, n: int) -> tuple[Caller, ItemId]:
        """Connect somebody's bank."""
        caller = await self.running.someone(f"p{n}@example.com")
        await agree(self.running, caller)
        token = await self.door.app.connect.create_token(caller, connector_id=BANK, item_id=None)
        item = await widget_connects(self.running, token.connect_token)
        await self.door.app.syncs.start(caller, item)
        await self.drain()
        return caller, item

    async def equal(self, caller: Caller, item: ItemId) -> bool:
        """Compare our ledger with the bank."""
        return await held(self.running, caller.entity_id, item) == await truth(self.running, item)

    def happen(self, item: ItemId) -> None:
        """Let one thing happen at the bank."""
        world = self.simulator.world
        rows = [r for a in world.state.items[item].accounts for r in a.transactions]
        match self.rng.randrange(5):
            case 0:
                world.edit(self.rng.choice(rows).id, description=f"Corrigido {self.rng.random()}")
            case 1:
                world.take_back(self.rng.choice(rows).id)
            case 2:
                world.reidentify(self.rng.choice(rows).id)
            case _:
                world.purchase(item, description=f"Compra {self.rng.random()}")


@pytest.fixture
async def days(
    settings_for: Callable[[Simulator, int], Settings],
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Days]:
    # Days pass here in seconds, and what is allowed a minute is counted in the database's minutes.
    plenty = Allowance(requests=10_000)
    monkeypatch.setattr(
        "tomada.bootstrap._limiter",
        lambda store, _time: PostgresLimiter(pool=store.pool, default=plenty, special={}),
    )
    settings = SimulatorSettings(
        clock=hands, requests_per_minute=None, retry_scale=0, hook_disable_after=10**9
    )
    async with (
        run_simulator(settings) as simulator,
        door(settings_for(simulator, 8600), hands) as one,
    ):
        yield Days(one, simulator, hands, random.Random(12))


async def test_events_of_seven_days_in_any_order_end_in_what_pluggy_holds(days: Days) -> None:
    # Nothing is delivered but by hand, and nobody compares anything: events alone have to do.
    world = days.simulator.world
    caller, item = await days.person(0)
    await days.door.app.upkeep.check_webhook()
    world.hooks.mode = "drop"
    waiting: list[tuple[int, Delivery]] = []
    seen = len(world.hooks._kept)
    delivered = 0

    for day in range(DAYS + 8):
        if day < DAYS:
            for _ in range(days.rng.randint(1, 5)):
                days.happen(item)
                await world.settled()
        fresh = list(world.hooks._kept)[seen:]
        seen = len(world.hooks._kept)
        for one in fresh:
            for _ in range(days.rng.choice([1, 1, 2, 3])):
                late = days.rng.randint(0, 7) if day < DAYS else 0
                waiting += [(day + late, one)]
        days.rng.shuffle(waiting)
        due = [one for when, one in waiting if when <= day]
        waiting = [(when, one) for when, one in waiting if when > day]
        for one in due:
            heard = await days.door.knock(one.body, list(one.headers.items()), path=PATH)
            assert heard.status == 200
            delivered += 1
            if days.rng.random() < 0.3:
                await days.drain()
        await days.drain()
        days.hands.move(days=1)

    assert waiting == []
    assert delivered > DAYS * 3
    assert await days.equal(caller, item)


async def test_where_a_third_of_all_events_is_lost_the_sweep_finds_it_within_26_hours(
    days: Days, record_property: Callable[[str, object], None]
) -> None:
    world, upkeep = days.simulator.world, days.door.app.upkeep
    everybody = [await days.person(n) for n in range(PEOPLE)]
    await upkeep.check_webhook()
    world.hooks.mode = "drop"
    lost = kept = 0
    seen = len(world.hooks._kept)

    async def hour() -> None:
        nonlocal lost, kept, seen
        for one in list(world.hooks._kept)[seen:]:
            if days.rng.random() < 0.3:
                lost += 1
                continue
            kept += 1
            await days.door.knock(one.body, list(one.headers.items()))
        seen = len(world.hooks._kept)
        await upkeep.read_overdue()
        await days.drain()
        days.hands.move(hours=1)

    for _ in range(48):
        for _, item in everybody:
            if days.rng.random() < 0.8:
                days.happen(item)
                await world.settled()
        await hour()
    hours = 0
    while not all([await days.equal(*one) for one in everybody]):
        hours += 1
        assert hours <= 26
        await hour()
    record_property("events lost", lost)
    record_property("hours until equal", hours)

    assert lost > 15
    assert await _asked_in_silence(days, everybody) <= 1


async def test_what_went_without_a_word_is_gone_within_nineteen_hours(days: Days) -> None:
    world, upkeep = days.simulator.world, days.door.app.upkeep
    caller, item = await days.person(0)
    world.hooks.mode = "drop"
    days.hands.move(hours=25)
    await upkeep.read_overdue()
    await days.drain()
    for account in world.state.items[item].accounts:
        world.take_back(account.transactions[-1].id)

    hours = 0
    while not await days.equal(caller, item):
        hours += 1
        assert hours <= 19
        days.hands.move(hours=1)
        await upkeep.read_overdue()
        await days.drain()

    assert hours > 12


async def test_a_comparison_that_misses_nothing_asks_nothing_of_the_item(days: Days) -> None:
    world, upkeep = days.simulator.world, days.door.app.upkeep
    caller, item = await days.person(0)
    world.hooks.mode = "drop"
    world.purchase(item, description="Em silêncio")
    world.recorder.log.clear()

    days.hands.move(hours=12, minutes=1)
    await upkeep.read_overdue()
    await days.drain()

    asked = [one.path for one in world.recorder.log]
    assert await days.equal(caller, item)
    assert "/v2/transactions" in asked
    assert f"/items/{item}" not in asked


async def _asked_in_silence(days: Days, everybody: list[tuple[Caller, ItemId]]) -> float:
    """Count what the sweep asks of items a day, while no event comes in at all."""
    days.simulator.world.recorder.log.clear()
    days.hands.move(hours=1)
    for _ in range(18):
        await days.door.app.upkeep.read_overdue()
        await days.drain()
        days.hands.move(hours=4)
    paths = [one.path for one in days.simulator.world.recorder.log if one.method == "GET"]
    asked = [paths.count(f"/items/{item}") for _, item in everybody]
    return max(asked) / 3
