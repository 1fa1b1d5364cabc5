"""The whole product in one process and in virtual time, on a simulated Pluggy, to be broken."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import httpx2
import msgspec
from fastapi import FastAPI
from pgqueuer import Job
from pydantic import SecretStr

from tests.conftest import PASSWORD, empty
from tests.fault.bank import small_bank
from tests.fault.taps import Tap, tapped
from tests.fault.virtual import VirtualClock, VirtualTime
from tests.fault.wires import AsNetwork, AsSender, KilledError, Wire
from tomada.bootstrap import App, open_app
from tomada.domain.access import Caller
from tomada.domain.errors import TomadaError
from tomada.domain.ids import ItemId
from tomada.domain.purposes import EVERY_PURPOSE
from tomada.settings import Settings
from tomada.simulator import SimulatorSettings, World, create_app, new_world
from tomada.simulator.products.settings import ProductSettings
from tomada.store.embedded import EmbeddedCluster
from tomada.web.app import create_app as create_web_app
from tomada.worker import Worker

BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORIGIN = "http://localhost:8420"
PLUGGY = "http://127.0.0.1:8421"
SOON = timedelta(minutes=10)


def settings_of(database: EmbeddedCluster, master_key: Path, pluggy: str = PLUGGY) -> Settings:
    """Settings of an installation on a simulator."""
    simulated = SimulatorSettings()
    return Settings(
        env="development",
        app_url=ORIGIN,
        database_url=SecretStr(database.app_url),
        database_owner_url=SecretStr(database.owner_url),
        master_key=f"file://{master_key}",
        pluggy_client_id=simulated.client_id,
        pluggy_client_secret=SecretStr(simulated.client_secret),
        pluggy_url=pluggy,
        widget_origin=pluggy,
        connect_tokens=1000,
    )


@dataclass(slots=True)
class Installation:
    """One product on one world. *app* is None while the process is dead."""

    settings: Settings
    world: World
    time: VirtualTime
    admin: asyncpg.Connection
    pluggy: Wire
    door: Wire
    tap: Tap
    app: App | None = None
    web: FastAPI | None = None
    callers: list[Caller] = field(default_factory=list)
    items: dict[str, Caller] = field(default_factory=dict)
    # Ids of deliveries that were answered with 2xx, and all that were made.
    acknowledged: set[str] = field(default_factory=set)
    kills: int = 0
    visitors: int = 0
    delivered: int = 0
    _stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    _jobs_since: dict[int, datetime] = field(default_factory=dict)

    @property
    def alive(self) -> App:
        """The running application."""
        assert self.app is not None, "the process is dead"
        return self.app

    async def open(self) -> None:
        """Start the process."""
        self.tap = tap = Tap(self.time.clock)
        opening = open_app(
            self.settings, clock=self.time, sleep=self.time.sleep,
            transport=AsSender(self.pluggy, PLUGGY),
        )  # fmt: skip
        self._stack = contextlib.AsyncExitStack()
        self.app = await self._stack.enter_async_context(opening)
        pool = cast("Any", self.app.store.pool)
        tap.hang_up = pool.terminate
        pool._connection_class = tapped(tap)
        connect = pool._connect

        async def counted(*args: Any, **more: Any) -> Any:
            with self.time.clock.flight():
                return await connect(*args, **more)

        pool._connect = counted
        await pool.expire_connections()
        if self.web is None:
            self.web = create_web_app(self.app)
        self.web.state.tomada = self.app
        self.door.app = self.web
        self.pluggy.before = tap.exchange

    async def kill(self) -> None:
        """End the process as kill -9 does: connections drop, nothing is tidied up."""
        self.tap.dead = True
        self.door.app = None
        if self.app is not None:
            self.app.store.pool.terminate()
        self.app = None
        for task in asyncio.all_tasks():
            name = getattr(task.get_coro(), "__qualname__", "")
            if name.startswith(("Reading.", "Worker.", "ApiKeys.", "Syncs.")):
                task.cancel()
        with contextlib.suppress(KilledError):
            await self._stack.aclose()
        self.kills += 1

    async def close(self) -> None:
        """End everything."""
        self.door.app, self.app = None, None
        await self._stack.aclose()

    async def do(self, work: Callable[[App], Any]) -> None:
        """Have the product do something, which may kill it; then it is started again."""
        try:
            with contextlib.suppress(TomadaError):
                await self.time.drive(work(self.alive))
        except (KilledError, asyncio.CancelledError):
            # Who waited for what died with the process was cancelled with it.
            if not self.tap.dead:
                raise
        await self.revive()

    async def revive(self) -> None:
        """Start the process again if it died."""
        if self.tap.dead or self.app is None:
            await self.kill()
            await self.open()

    async def work(self, *, at_once: int = 2) -> int:
        """Do the jobs that are due, as the queue would; gives how many."""
        rows = await self.admin.fetch(
            "SELECT id, entrypoint, payload, execute_after - created AS pause"
            " FROM tomada.pgqueuer ORDER BY id"
        )
        now = self.time()
        due = []
        for row in rows:
            since = self._jobs_since.setdefault(row["id"], now)
            if since + row["pause"] - timedelta(seconds=0.1) <= now:
                due.append(row)
        for start in range(0, len(due), at_once):
            part = due[start : start + at_once]
            await self._do(part)
            if self.tap.dead:
                await self.revive()
                break
            ids = [row["id"] for row in part]
            await self.admin.execute("DELETE FROM tomada.pgqueuer WHERE id = ANY($1)", ids)
        return len(due)

    async def _do(self, rows: list[Any]) -> None:
        worker = Worker(self.alive)
        tasks = [
            asyncio.create_task(
                worker._do(
                    cast("Job", SimpleNamespace(entrypoint=r["entrypoint"], payload=r["payload"]))
                )
            )
            for r in rows
        ]
        await self.time.wait(*tasks)
        for task in tasks:
            if not task.cancelled() and not isinstance(task.exception(), KilledError):
                task.result()

    async def chores(self) -> None:
        """Do what the worker does by the clock, once each."""
        for number in range(len(Worker(self.alive).chores())):
            await self.do(partial(_chore, number=number))
        await self.do(lambda app: app.upkeep.watch_webhook())

    async def pass_time(self, span: timedelta, *, legs: int = 1) -> None:
        """Let time pass, with the worker at work."""
        for _ in range(legs):
            await self.time.clock.advance(span / legs)
            await self.revive()
            await self.chores()
            for _ in range(3):
                if not await self.work():
                    break

    async def busy(self) -> bool:
        """Tell whether anything is left to do."""
        left: int = await self.admin.fetchval(
            "SELECT (SELECT count(*) FROM tomada.work WHERE wanted > done"
            "   AND not_before IS DISTINCT FROM 'infinity')"
            " + (SELECT count(*) FROM tomada.inbox WHERE state = 'new')"
        )
        return left > 0 or self.world.executions.busy

    async def parked(self) -> bool:
        """Tell whether an item waits for somebody to ask, or for the next day."""
        found: bool = await self.admin.fetchval(
            "SELECT EXISTS (SELECT FROM tomada.work WHERE wanted > done AND not_before = 'infinity')"
        )
        return found

    async def quiet(self, *, within: timedelta) -> timedelta:
        """Let the worker go on until nothing is left; gives how long it took, *within* at most."""
        began = self.time()
        step = timedelta(seconds=2)
        while True:
            await self.chores()
            await self.work()
            if not await self.busy() or self.time() - began >= within:
                return self.time() - began
            await self.time.clock.advance(step)
            await self.revive()
            step = min(step * 1.5, timedelta(minutes=2))

    async def someone(self, name: str) -> Caller:
        """Make a person."""
        user, entity = await self.alive.access.create_user(
            f"{name.lower()}@example.com", PASSWORD, name
        )
        caller = Caller(user, entity, "test")
        self.callers.append(caller)
        return caller

    async def connect(self, caller: Caller, user: str, connector: int = 0) -> ItemId:
        """Have a person connect a bank, and let it be read."""
        app = self.alive
        notice = await app.consents.notice(connector)
        await app.consents.grant(
            caller, connector_id=connector, shown=(notice.version, notice.sha256),
            purposes=EVERY_PURPOSE, adult=True,
        )  # fmt: skip
        token = await app.connect.create_token(caller, connector_id=connector, item_id=None)
        async with self.browser() as http:
            body = {
                "connectorId": connector,
                "parameters": {"user": user, "password": "password-ok"},
            }
            answer = await http.post(
                "/items", json=body, headers={"X-API-KEY": token.connect_token}
            )
            answer.raise_for_status()
        item = ItemId(answer.json()["id"])
        self.items[item] = caller
        await self.time.clock.advance(minutes=1)
        await app.syncs.start(caller, item)
        await self.quiet(within=SOON)
        return item

    def browser(self) -> httpx2.AsyncClient:
        """Somebody else who talks to Pluggy, undisturbed."""
        # From an address of its own, so that it takes nothing of the product's allowance.
        self.visitors += 1
        wire = Wire(self.time, self.pluggy.app, client=f"visitor-{self.visitors}")
        return httpx2.AsyncClient(transport=AsNetwork(wire), base_url=PLUGGY)


def _chore(app: App, *, number: int) -> Any:
    return Worker(app).chores()[number][1]()


def _named(body: bytes) -> str | None:
    try:
        event = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None
    found = event.get("eventId") if isinstance(event, dict) else None
    return str(found) if found is not None else None


@contextlib.asynccontextmanager
async def installation(
    database: EmbeddedCluster, master_key: Path, *,
    seed: int = 1, web: FastAPI | None = None, page_size: int = 15,
) -> AsyncIterator[Installation]:  # fmt: skip
    """Give a fresh one on an emptied database."""
    await empty(database.owner_url)
    clock = VirtualClock.standing(BEGIN)
    assert isinstance(clock, VirtualClock)
    time = VirtualTime(clock)
    simulated = SimulatorSettings(
        seed=seed, clock=clock, bank_delay=20.0, page_size=page_size, hook_disable_after=40,
        v1_transactions="gone",
        products=ProductSettings(revoked_lists="empty" if seed % 2 else "kept"),
    )  # fmt: skip
    world = new_world(simulated, source=small_bank)
    world.hooks.origin = PLUGGY
    pluggy, door = Wire(time, create_app(world, own_time=False)), Wire(time, client="127.0.0.1")
    world.courier.transport = AsNetwork(door)
    admin = await asyncpg.connect(database.owner_url, server_settings={"search_path": "tomada"})
    house = Installation(
        settings_of(database, master_key), world, time, admin, pluggy, door, Tap(clock), web=web
    )

    def acknowledge(body: bytes, status: int) -> None:
        name = _named(body)
        if 200 <= status < 300 and name is not None:
            house.acknowledged.add(name)

    door.after = acknowledge
    try:
        async with world.running():
            await house.open()
            try:
                yield house
            finally:
                await house.close()
    finally:
        await admin.close()
