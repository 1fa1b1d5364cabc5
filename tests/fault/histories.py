"""One history: a world, an installation, and step after step of whatever may happen.

A step is a kind and a number that decides everything in it, so that a history is a short list,
can be repeated, and means something with any of its steps left out.
"""

import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from fastapi import FastAPI

from tests.fault import lists
from tests.fault.happenings import HAPPENINGS, Graveyard, Scene
from tests.fault.installation import SOON, Installation, installation
from tests.fault.invariants import Watch
from tests.fault.leaving import Leaving
from tests.fault.oracle import differences, fetched, held, truth
from tests.fault.taps import Kind
from tests.fault.weather import MODES, Weather, forge
from tomada.simulator.state import ItemRecord
from tomada.store.embedded import EmbeddedCluster

A_DAY = timedelta(hours=26)
LEGS = 4
_DEATHS: tuple[Kind, ...] = ("die", "die_after", "sever", "sever_after")


@dataclass(slots=True)
class Tally:
    """What a campaign has seen."""

    histories: int = 0
    steps: int = 0
    kills: int = 0
    severed: int = 0
    compared: int = 0
    by_sweep: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    slowest: timedelta = timedelta()
    slowest_by_sweep: timedelta = timedelta()
    seconds: float = 0.0


@dataclass(slots=True)
class History:
    """One history under way."""

    house: Installation
    watch: Watch
    weather: Weather
    tally: Tally
    graveyard: Graveyard = field(default_factory=Graveyard)
    told: list[tuple[str, Any]] = field(default_factory=list)
    leaving: Leaving = field(init=False)

    def __post_init__(self) -> None:
        self.leaving = Leaving(self.house)

    async def step(self, kind: str, number: int) -> None:
        """Let one thing happen, and see that everything that must hold does."""
        began = time.perf_counter()
        self.told.append((kind, number))
        rng = Random(number)
        name, _, what = kind.partition(":")
        act: dict[str, Callable[[str, Random], Awaitable[None]]] = {
            "bank": self._bank,
            "weather": self._weather,
            "fault": self._fault,
            "forge": self._forge,
            "crash": self._fuse,
            "ask": self._ask,
            "leave": self._leave,
            "work": self._work,
            "time": self._time,
            "calm": self._calm,
        }
        await act[name](what, rng)
        await self.house.revive()
        if name not in ("weather", "fault", "crash"):
            await self.watch.check()
            assert self.watch.eye is not None
            await self.leaving.check(self.watch.eye)
        self.tally.steps += 1
        self.tally.seconds += time.perf_counter() - began

    async def _bank(self, what: str, rng: Random) -> None:
        scene = Scene(self.house, rng, self.graveyard)
        if not scene.item.accounts:
            return
        HAPPENINGS[what](scene)
        self.weather.fired.update(scene.families)
        if scene.families & {"P12", "P13"}:
            # What went while its item was not well is not taken for gone.
            self.weather.excuses.add("unwell")
        if scene.silent:
            self.weather.excuses.add("untold")
        self.watch.bank()
        if rng.random() < 0.8:
            await self.house.time.clock.advance(seconds=rng.choice((0, 0, 1, 30)))

    async def _weather(self, what: str, rng: Random) -> None:
        if what == "registration":
            self.weather.registration(rng)
        elif what == "handshake":
            self.weather.handshake(rng)
        else:
            self.weather.deliveries(what, rng)

    async def _fault(self, what: str, rng: Random) -> None:
        self.weather.fault(what, rng)
        self.watch.misled = self.watch.misled or self.weather.misleading(what)

    async def _forge(self, _what: str, rng: Random) -> None:
        await forge(self.house, rng)

    async def _calm(self, _what: str, _rng: Random) -> None:
        await self.calm()

    async def _fuse(self, what: str, rng: Random) -> None:
        self.house.tap.set(rng.randint(1, 60), what)  # type: ignore[arg-type]  # one of the kinds
        if what.startswith("sever"):
            self.tally.severed += 1
            self.weather.fired["L04"] += 1
        else:
            self.weather.fired["L01"] += 1

    async def _ask(self, _what: str, rng: Random) -> None:
        item = rng.choice(sorted(self.house.items))
        caller = self.house.items[item]
        await self.house.do(lambda app: app.syncs.start(caller, item))

    async def _leave(self, _what: str, rng: Random) -> None:
        """Let somebody withdraw from a bank, perhaps while it is read; the last one stays."""
        if len(self.house.items) > 1:
            assert self.watch.eye is not None
            await self.leaving.leave(self.watch.eye, rng.choice(sorted(self.house.items)))

    async def _work(self, _what: str, rng: Random) -> None:
        if rng.random() < 0.3:
            await self.house.chores()
        await self.house.work(at_once=rng.choice((1, 2, 5)))

    async def _time(self, _what: str, rng: Random) -> None:
        span = rng.choice((10, 120, 900, 3600, 6 * 3600, 86400, 2 * 86400))
        await self.house.pass_time(timedelta(seconds=span), legs=1)

    async def calm(self) -> None:
        """Let all trouble end; then the ledger must come to equal the bank, and soon."""
        self.weather.clear()
        self.house.tap.left = None
        if self.house.world.courier.pending:
            self.weather.excuses.add("late")
        if await self.house.parked():
            self.weather.excuses.add("parked")
        await self.heal()
        await self.leaving.settle()
        took = await self.house.quiet(within=SOON)
        found = await self.different()
        if found and self.weather.excuses:
            self.tally.by_sweep += 1
            found, took = await self._swept(found)
            self.tally.slowest_by_sweep = max(self.tally.slowest_by_sweep, took)
        else:
            self.tally.slowest = max(self.tally.slowest, took)
        assert found == [], f"I15: not equal after {took}, excuses {self.weather.excuses}: {found}"
        assert not await self.house.busy(), f"I12: something is stuck after {took}"
        self.weather.excuses.clear()
        self.watch.misled = False
        self.tally.compared += 1

    async def _swept(self, found: list[str]) -> tuple[list[str], timedelta]:
        """Let the sweep find what no event told of; the day begins anew with what goes meanwhile.

        Pluggy reads the banks on by itself: a position that was sold long ago is listed no more
        one day, and no event tells of it.
        """
        took, listed, legs = timedelta(), self._listed(), 0
        while found and took < A_DAY:
            legs += 1
            assert legs <= 4 * LEGS, f"I15: the banks let something go each day for four: {found}"
            await self.house.pass_time(A_DAY / LEGS)
            took += A_DAY / LEGS + await self.house.quiet(within=SOON)
            found, before, listed = await self.different(), listed, self._listed()
            if not before <= listed:
                took = timedelta()
        return found, took

    def _listed(self) -> set[str]:
        """Name all that the banks list beside movements, of which an event would tell."""
        world = self.house.world
        of_items = (lists.truth(world, item) for item in self.house.items)
        return {name for one in of_items for table in one.values() for name in table}

    async def heal(self) -> None:
        """Have every bank reachable and every item well again."""
        world = self.house.world
        # As it does every hour: what happens from here on is told again.
        await self.house.do(lambda app: app.upkeep.check_webhook())
        for item in [world.state.items[name] for name in self.house.items]:
            for _ in range(3):
                if self._well(item):
                    break
                # Whatever the bank waits for runs out.
                await world.clock.advance(minutes=20)
                await self.house.revive()
                self._reconnect(item)
                await world.clock.advance(minutes=1)
                await self.house.revive()
            assert self._well(item), (
                f"the bank did not recover: {item.status}, {item.execution_status},"
                f" {len(item.waiting)} rows on their way"
            )
        self.watch.bank()

    def _well(self, item: ItemRecord) -> bool:
        world = self.house.world
        return (
            item.status == "UPDATED"
            and item.execution_status == "SUCCESS"
            and not item.waiting
            and not world.consents.lapsed(item)
        )

    def _reconnect(self, item: ItemRecord) -> None:
        """As the person does in update mode, with the right password."""
        item.authorising = True
        self.house.world.executions.start_usual(item)

    async def different(self) -> list[str]:
        """Compare every item's ledger with its bank."""
        found: list[str] = []
        for item in self.house.items:
            async with self.house.browser() as http:
                theirs = await fetched(http, self.house.world, item)
                listed = await lists.fetched(http, item)
            odd = differences(truth(self.house.world, item), theirs)
            odd += lists.differences(lists.truth(self.house.world, item), listed)
            assert odd == [], f"the oracle disagrees with itself: {odd}"
            assert self.watch.eye is not None
            keys = await self.house.alive.vault.keys(self.house.items[item].entity_id)
            found += differences(theirs, await held(self.watch.eye, keys, item))
            found += lists.differences(listed, await lists.held(self.watch.eye, keys, item))
        return found


def _note_given_up(one: History) -> None:
    """Have it known where Pluggy gives a delivery up, because we were dead at each attempt."""
    courier = one.house.world.courier
    ended = courier.on_end

    def told(webhook_id: str, arrived: bool) -> None:  # noqa: FBT001  (as the courier calls it)
        if not arrived:
            one.weather.excuses.add("lost")
        ended(webhook_id, arrived)

    courier.on_end = told


@contextlib.asynccontextmanager
async def history(
    database: EmbeddedCluster, super_url: str, master_key: Path, tally: Tally, *,
    seed: int = 1, web: FastAPI | None = None, page_size: int = 15,
) -> AsyncIterator[History]:  # fmt: skip
    """Two people, each with a bank of their own, read and quiet; then step by step."""
    eye = await asyncpg.connect(super_url, server_settings={"search_path": "tomada"})
    try:
        async with installation(
            database, master_key, seed=seed, web=web, page_size=page_size
        ) as house:
            for name, connector in (("Ana", 0), ("Bia", 613)):
                caller = await house.someone(name)
                await house.connect(caller, f"user-ok-{name.lower()}", connector)
            await house.chores()
            one = History(house, Watch(house, eye), Weather(house), tally)
            _note_given_up(one)
            await one.watch.check()
            try:
                yield one
            finally:
                tally.kills += house.kills
                one.weather.clear()
                one.weather.fired["P18"] += 1
                tally.fired.update(one.weather.fired)
                tally.histories += 1
    finally:
        await eye.close()


BANK_KINDS = tuple(f"bank:{name}" for name in HAPPENINGS)
FAULT_KINDS = tuple(f"fault:{name}" for name in MODES)
HOOK_KINDS = (
    *(f"weather:{name}" for name in ("drop", "duplicate", "shuffle", "registration")), "forge",
)  # fmt: skip
PROCESS_KINDS = (*(f"crash:{kind}" for kind in _DEATHS), "weather:handshake")
WORK_KINDS = (*("work",) * 9, *("ask",) * 3, *("time",) * 3, "leave")
