"""Web, worker and database backends are killed at random points, for as long as wished.

Everything is real: processes, sockets, time. Between kills the bank goes on, so that deliveries
and runs are cut in every place; after some kills the world is left alone until nothing is to be
done, and then the ledger must equal the bank and every invariant hold.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

import asyncpg
import httpx2

from tests.conftest import PASSWORD
from tests.fault import lists
from tests.fault.bank import small_bank
from tests.fault.cluster import Server
from tests.fault.forks import Forks, forks
from tests.fault.happenings import HAPPENINGS, Graveyard, Scene
from tests.fault.installation import settings_of
from tests.fault.invariants import Watch
from tests.fault.oracle import differences, fetched, held, truth
from tomada.bootstrap import App, open_app
from tomada.cli.serve import take_port
from tomada.domain.access import Caller
from tomada.domain.errors import TomadaError
from tomada.domain.ids import ItemId
from tomada.domain.purposes import EVERY_PURPOSE
from tomada.simulator import SimulatorSettings, World, run_simulator

T = TypeVar("T")
BATCH = 20
# A lease of eight seconds may have to run out twice, and a delivery to come again after six.
PATIENCE = 90.0
_VICTIMS = ("web", "web", "worker", "worker", "both", "backend", "backend", "server")
_AT_THE_BANK = ("movement", "twin", "back_dated", "posted", "edited", "reidentified", "restored")


@dataclass(slots=True)
class Site:
    """One installation of real processes on one world."""

    world: World
    app: App
    forks: Forks
    eye_url: str
    rng: Random
    kills: Counter[str] = field(default_factory=Counter)
    items: dict[str, Caller] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    graveyard: Graveyard = field(default_factory=Graveyard)
    slowest: float = 0.0
    compared: int = 0
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(self)

    async def batch(self, kills: int = BATCH) -> None:
        """Kill so many times, then let all come to rest and compare."""
        async with asyncio.TaskGroup() as group:
            arrival = group.create_task(self._newcomer())
            for _ in range(kills):
                await self._go_on()
                await asyncio.sleep(self.rng.uniform(0, 0.35))
                await self._kill()
            await arrival
        await self._rest()

    async def _go_on(self) -> None:
        """Let the bank go on, and a person ask for it."""
        for _ in range(self.rng.randint(1, 4) if self.items else 0):
            scene = Scene(self, self.rng, self.graveyard)
            if scene.item.accounts:
                HAPPENINGS[self.rng.choice(_AT_THE_BANK)](scene)
                self.watch.bank()
        if self.items and self.rng.random() < 0.3:
            item = self.rng.choice(sorted(self.items))
            with contextlib.suppress(TomadaError):
                await self.app.syncs.start(self.items[item], item)

    async def _kill(self) -> None:
        await self.forks.supervise()
        victim = self.rng.choice(_VICTIMS)
        names = {"both": ("web", "worker")}.get(victim, (victim,))
        for name in names:
            if name in ("web", "worker"):
                self.forks.kill(name)
            else:
                await self._kill_backend(whole=name == "server")
            self.kills[name] += 1
        for name in names:
            if name in ("web", "worker"):
                await self.forks.start(name)

    async def _kill_backend(self, *, whole: bool) -> None:
        """End a backend of the product's, busy ones first; *whole* takes the server with it."""
        async with self._eye() as eye:
            pid = await eye.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'tomada_app'"
                " ORDER BY state = 'idle', random() LIMIT 1"
            )
            if pid is not None and not whole:
                await eye.execute("SELECT pg_terminate_backend($1)", pid)
        if pid is not None and whole:
            # PostgreSQL ends all other backends then, and recovers from its log.
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @contextlib.asynccontextmanager
    async def _eye(self) -> AsyncIterator[asyncpg.Connection]:
        connection = None
        while connection is None:
            try:
                connection = await asyncpg.connect(
                    self.eye_url, server_settings={"search_path": "tomada"}
                )
            except (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError):
                await asyncio.sleep(0.05)
        try:
            yield connection
        finally:
            await connection.close()

    async def _newcomer(self) -> None:
        """Have another person connect a bank while everything dies; they try until it works."""
        number = len(self.items)

        async def sign_up() -> Caller:
            email = f"p{number}-{self.rng.getrandbits(40)}@example.com"
            user, entity = await self.app.access.create_user(email, PASSWORD, "P")
            return Caller(user, entity, "test")

        caller = await _until_done(sign_up)
        item = await _until_done(lambda: self._connect(caller, f"user-ok-p{number}"))
        await _until_done(lambda: self.app.syncs.start(caller, item))
        self.items[item] = caller

    async def _connect(self, caller: Caller, user: str) -> ItemId:
        notice = await self.app.consents.notice(0)
        await self.app.consents.grant(
            caller, connector_id=0, shown=(notice.version, notice.sha256),
            purposes=EVERY_PURPOSE, adult=True,
        )  # fmt: skip
        token = await self.app.connect.create_token(caller, connector_id=0, item_id=None)
        body = {"connectorId": 0, "parameters": {"user": user, "password": "password-ok"}}
        async with httpx2.AsyncClient(base_url=self.world.origin) as http:
            headers = {"X-API-KEY": token.connect_token}
            made = (await http.post("/items", json=body, headers=headers)).json()
            while made["status"] == "UPDATING":
                await asyncio.sleep(0.05)
                made = (await http.get(f"/items/{made['id']}", headers=headers)).json()
        return ItemId(made["id"])

    async def _rest(self) -> None:
        """Wait until nothing is left to do, and compare."""
        began = time.monotonic()
        found = ["not yet compared"]
        async with self._eye() as eye:
            self.watch.eye = eye
            while found and time.monotonic() - began < PATIENCE:
                await asyncio.sleep(0.2)
                await self.forks.supervise()
                if await self._busy(eye):
                    continue
                found = await self._different(eye)
            assert found == [], (
                f"not equal after {PATIENCE} s and {self.kills}: {found}, {await self._left(eye)}"
            )
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.compared += 1
            self.acknowledged = {
                one.event_id
                for one in self.world.courier.log
                if one.status is not None and 200 <= one.status < 300
            }
            await self.watch.check()

    async def _busy(self, eye: asyncpg.Connection) -> bool:
        left: int = await eye.fetchval(
            "SELECT (SELECT count(*) FROM work WHERE wanted > done)"
            " + (SELECT count(*) FROM inbox WHERE state IN ('new', 'unbound'))"
        )
        return left > 0 or self.world.executions.busy or self.world.courier.pending > 0

    async def _left(self, eye: asyncpg.Connection) -> str:
        """Say what is left to do."""
        rows = await eye.fetch("SELECT * FROM work WHERE wanted > done")
        events = await eye.fetch(
            "SELECT event, item_id, state FROM inbox WHERE state IN ('new', 'unbound')"
        )
        pending = self.world.courier.pending, self.world.executions.busy
        return f"work {[dict(row) for row in rows]}, inbox {events}, {pending}"

    async def _different(self, eye: asyncpg.Connection) -> list[str]:
        found: list[str] = []
        async with httpx2.AsyncClient(base_url=self.world.origin) as http:
            for item, caller in self.items.items():
                theirs = await fetched(http, self.world, item)
                listed = await lists.fetched(http, item)
                odd = differences(truth(self.world, item), theirs)
                assert odd == [], f"the oracle disagrees with itself: {odd}"
                keys = await _until_done(partial(self.app.vault.keys, caller.entity_id))
                found += differences(theirs, await held(eye, keys, item))
                found += lists.differences(listed, await lists.held(eye, keys, item))
        return found


async def _until_done(act: Callable[[], Awaitable[T]]) -> T:
    """Try again until it works: the database may have just died."""
    for _ in range(200):
        try:
            return await act()
        except TomadaError:
            await asyncio.sleep(0.05)
    return await act()


@contextlib.asynccontextmanager
async def site(server: Server, folder: Path, *, seed: int) -> AsyncIterator[Site]:
    """Start everything; *server* must be one that waits for its disk."""
    simulated = SimulatorSettings(
        # What was lost is delivered again within seconds, not after one and three hours.
        hook_retry=(0.0, *[1.0] * 60), requests_per_minute=None, bank_delay=0.2, page_size=15,
        hook_disable_after=100_000, auto_sync_hours=None, log_size=1_000_000, seed=seed,
    )  # fmt: skip
    with take_port("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
    async with run_simulator(simulated, source=small_bank) as simulator:
        plain = settings_of(server.membership.cluster, folder / "master.key", simulator.url)
        settings = plain.model_copy(update={"port": port, "app_url": f"http://localhost:{port}"})
        async with open_app(settings) as app, forks(settings, folder / "log.txt") as both:
            for name in ("web", "worker"):
                await both.start(name)
            made = Site(simulator.world, app, both, server.super_url, Random(seed))
            try:
                # The worker registers the webhook.
                while not simulator.world.state.webhooks:  # noqa: ASYNC110  (it comes over HTTP)
                    await asyncio.sleep(0.05)
                yield made
            except BaseException:
                print((folder / "log.txt").read_text()[-4000:])  # noqa: T201  (what they said last)
                raise
