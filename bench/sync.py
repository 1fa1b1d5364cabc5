"""A first sync of a large item: how far it is from waiting for Pluggy alone, and what it writes.

    python bench/sync.py [--rows 100]

*rows* are thousands of movements, nearly all of one account, whose pages can only be read one after
another. The simulator is a process of its own and takes 50 ms longer for every page of movements.
Application, worker and an embedded PostgreSQL run as in ``tomada up``, without the web server. First
the allowance is open, then it is a tenth of the real one, beside the time in which the allowance alone
lets as many calls go. Prints each figure beside what is promised, and ends with 1 where one is missed.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import structlog
import uvloop
from pydantic import SecretStr

from tomada import bootstrap
from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.bootstrap import App, open_app
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.domain.purposes import EVERY_PURPOSE
from tomada.pluggy.limits import Allowance
from tomada.settings import Settings
from tomada.store.embedded import EmbeddedCluster, embedded_postgres
from tomada.store.tx import Store
from tomada.worker import Worker

LATENCY, PAGE = 0.05, 500
WALL, LIMITED, PEAK = 1.10, 1.05, 150.0
OPEN = Allowance(requests=1_000_000)
TENTH = Allowance(requests=35, seconds=6.1, reserve=3)
BANK = 0
_SIMULATOR = Path(__file__).resolve().parent / "contestants" / "simulator.py"


@dataclass(slots=True)
class Verdict:
    """Figures beside their promises; *kept* is false once one was missed."""

    kept: bool = True

    def most(self, what: str, found: float, bound: float) -> None:
        good = found <= bound
        self.kept = self.kept and good
        promise = f"at most {bound:g}"
        print(f"  {what:44}{found:10.2f}  {promise:14} {'yes' if good else 'NO'}", flush=True)


@contextlib.asynccontextmanager
async def simulator() -> AsyncIterator[dict[str, str]]:
    """Start the simulator, each page of movements late; say where it is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(_SIMULATOR), "user-ok",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("pipes were asked for")
    try:
        world: dict[str, str] = json.loads(await process.stdout.readline())
        process.stdin.write(f"{LATENCY}\n".encode())
        await process.stdout.readline()
        yield world
    finally:
        process.stdin.close()
        await process.wait()


async def connect(app: App, caller: Caller, world: dict[str, str], user: str) -> ItemId:
    """Agree, and make the item that the widget would make; its run at the bank has ended."""
    notice = await app.consents.notice(BANK)
    await app.consents.grant(
        caller,
        connector_id=BANK,
        shown=(notice.version, notice.sha256),
        purposes=EVERY_PURPOSE,
        adult=True,
    )
    token = await app.connect.create_token(caller, connector_id=BANK, item_id=None)
    headers = {"X-API-KEY": token.connect_token}
    login = {"user": user, "password": "password-ok"}
    async with httpx2.AsyncClient(base_url=world["url"], headers=headers, timeout=120) as http:
        answer = await http.post("/items", json={"connectorId": BANK, "parameters": login})
        item = answer.raise_for_status().json()
        while item["status"] == "UPDATING":
            await asyncio.sleep(0.2)
            item = (await http.get(f"/items/{item['id']}")).json()
    return ItemId(item["id"])


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs: the application, where the simulator is, the database server's process."""

    app: App
    world: dict[str, str]
    postmaster: int

    def used(self) -> dict[str, float]:
        """Give the processor seconds of this process and, where Linux tells, of the two others."""
        used = {"this process": time.process_time()}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                name = (place / "cmdline").read_bytes()
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if b"contestants/simulator.py" in name and int(fields[1]) == os.getpid():
                used["the simulator"] = _seconds(fields)
            elif int(fields[1]) == self.postmaster:
                used["PostgreSQL"] = used.get("PostgreSQL", 0.0) + _seconds(fields)
        return used


@dataclass(frozen=True, slots=True)
class First:
    """A first sync: what it took, and who asked for it."""

    caller: Caller
    item: ItemId
    rows: int
    pages: int
    wall: float


async def first(stage: Stage, thousands: int) -> First:
    """Connect a bank and read it; the peak of memory counts from the beginning of the reading."""
    app = stage.app
    user, entity = await app.access.create_user("bench@example.com", "correct horse battery", "B")
    caller = Caller(user, entity, "bench")
    item = await connect(app, caller, stage.world, f"user-ok-perf-{thousands}x")
    _forget_peak()
    print(f"{_peak():.0f} MiB in use before")
    began, used = time.perf_counter(), stage.used()
    sync = await app.syncs.start(caller, item)
    ended = await app.syncs.wait(caller, sync.id, timeout=3600)
    wall = time.perf_counter() - began
    if ended.state != "done":
        sys.exit(f"the sync ended as {ended.state}")
    spent = ", ".join(f"{who} {now - used[who]:.1f}" for who, now in stage.used().items())
    async with app.store.begin(entity) as tx:
        pages = await tx.conn.fetchval(
            f"SELECT sum(ceil(n / {PAGE}.0))::integer FROM"  # noqa: S608  (a constant)
            " (SELECT count(*) AS n FROM transactions GROUP BY account_id) AS of_account"
        )
    print(f"{ended.transactions} rows, {pages} pages: {wall:.1f} s; of processor: {spent}")
    return First(caller, item, ended.transactions, pages, wall)


async def measure(stage: Stage, thousands: int, verdict: Verdict) -> None:
    """Sync, and sync again."""
    app, done = stage.app, await first(stage, thousands)
    verdict.most("wall / (pages x latency)", done.wall / (done.pages * LATENCY), WALL)
    verdict.most("peak memory, MiB", _peak(), PEAK)

    before = await _state(app, done.caller)
    used, began = stage.used(), time.perf_counter()
    await app.syncs.want(done.caller.entity_id, done.item, reason="user", full=True)
    await _idle(app)
    spent = ", ".join(f"{who} {now - used[who]:.1f}" for who, now in stage.used().items())
    print(f"once more: {time.perf_counter() - began:.1f} s; of processor: {spent}")
    after = await _state(app, done.caller)
    verdict.most("rows rewritten by an idle sync", float(before.places != after.places), 0)
    verdict.most("feed entries of an idle sync", after.entries - before.entries, 1)


async def under_limit(stage: Stage, thousands: int, verdict: Verdict) -> None:
    """Sync under a tenth of the allowance, and let the allowance go by itself as often."""
    done = await first(stage, thousands)
    limiter = PostgresLimiter(pool=stage.app.store.pool, default=TENTH, special={})
    began = time.perf_counter()
    for _ in range(done.pages):
        await limiter.acquire("bench", interactive=False, share="bench")
    alone = time.perf_counter() - began
    print(f"the allowance alone lets {done.pages} calls go in {alone:.1f} s")
    verdict.most("wall / the allowance's own time", done.wall / alone, LIMITED)


def _seconds(fields: list[str]) -> float:
    # As in proc(5), from the third field on: the eleventh and twelfth are user and system time.
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _forget_peak() -> None:
    """Let the peak count from here on, where Linux can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Give the most memory that was in use, in MiB."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


@dataclass(frozen=True, slots=True)
class State:
    """Where each row lies, which changes with every rewriting, and how long the feed is."""

    places: str
    entries: int


async def _state(app: App, caller: Caller) -> State:
    async with app.store.begin(caller.entity_id) as tx:
        return State(
            await tx.conn.fetchval(
                "SELECT md5(string_agg(id::text || ctid::text, ',' ORDER BY id)) FROM transactions"
            ),
            await tx.conn.fetchval("SELECT count(*) FROM feed"),
        )


async def _idle(app: App) -> None:
    """Wait until no run is wanted any more."""
    wanted = True
    while wanted:
        await asyncio.sleep(0.2)
        async with app.store.begin() as tx:
            wanted = await tx.conn.fetchval("SELECT EXISTS (SELECT FROM work WHERE wanted > done)")


def _settings(cluster: EmbeddedCluster, world: dict[str, str], place: Path) -> Settings:
    return Settings(
        env="development",
        database_url=SecretStr(cluster.app_url),
        database_owner_url=SecretStr(cluster.owner_url),
        master_key=f"file://{place / 'key' / 'master.key'}",
        pluggy_client_id=world["client_id"],
        pluggy_client_secret=SecretStr(world["client_secret"]),
        pluggy_url=world["url"],
        widget_origin=world["url"],
        connect_tokens=1000,
    )


@contextlib.asynccontextmanager
async def installation(allowance: Allowance) -> AsyncIterator[Stage]:
    """Run everything, on new data, with an allowance of its own."""

    def limiter(store: Store, _time: object) -> PostgresLimiter:
        return PostgresLimiter(pool=store.pool, default=allowance, special={})

    # There is no setting for it, on purpose.
    bootstrap._limiter = limiter  # type: ignore[assignment]  # noqa: SLF001
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        async with (
            simulator() as world,
            embedded_postgres(place / "data") as cluster,
            open_app(_settings(cluster, world, place)) as app,
            Worker(app).running(),
        ):
            yield Stage(app, world, cluster.pid)


async def main(thousands: int) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    verdict = Verdict()
    async with installation(OPEN) as stage:
        await measure(stage, thousands, verdict)
    async with installation(TENTH) as stage:
        await under_limit(stage, thousands, verdict)
    return verdict.kept


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rows", type=int, default=100, help="thousands of movements")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(0 if runner.run(main(asked.parse_args().rows)) else 1)
