"""A first sync of a large item: how far it is from waiting for Pluggy alone, and what it writes.

    python bench/sync.py [--rows 100]

*rows* are thousands of movements. The simulator is a process of its own and takes 50 ms longer for
every page of movements; limits are open on both sides. Server, worker and an embedded PostgreSQL run
as in ``tomada up``. Prints each figure beside what is promised, and ends with 1 where one is missed.
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

import asyncpg
import httpx2
import structlog
import uvloop
from pydantic import SecretStr

from tomada.bootstrap import App, open_app
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.domain.purposes import EVERY_PURPOSE
from tomada.settings import Settings
from tomada.store.embedded import EmbeddedCluster, embedded_postgres
from tomada.store.transactions import WRITTEN_NAMES, TransactionRow, TransactionRows
from tomada.worker import Worker

LATENCY, PAGE = 0.05, 500
WALL, PEAK, UPSERT = 1.10, 150.0, 0.25
BANK = 0
_SIMULATOR = Path(__file__).resolve().parent / "contestants" / "simulator.py"
_COLUMNS = ("entity_id", *WRITTEN_NAMES)


@dataclass(slots=True)
class Verdict:
    """Figures beside their promises; *kept* is false once one was missed."""

    kept: bool = True

    def most(self, what: str, found: float, bound: float) -> None:
        self._say(what, found, f"at most {bound:g}", good=found <= bound)

    def least(self, what: str, found: float, bound: float) -> None:
        self._say(what, found, f"at least {bound:g}", good=found >= bound)

    def _say(self, what: str, found: float, promise: str, *, good: bool) -> None:
        self.kept = self.kept and good
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


async def measure(app: App, world: dict[str, str], owner_url: str, thousands: int) -> bool:
    """Sync, sync again, and write the same rows beside a plain COPY."""
    verdict = Verdict()
    user, entity = await app.access.create_user("bench@example.com", "correct horse battery", "B")
    caller = Caller(user, entity, "bench")
    item = await connect(app, caller, world, f"user-ok-perf-{thousands}x")

    began, computed, before_it = time.perf_counter(), time.process_time(), _peak()
    sync = await app.syncs.start(caller, item)
    ended = await app.syncs.wait(caller, sync.id, timeout=3600)
    wall, cpu = time.perf_counter() - began, time.process_time() - computed
    if ended.state != "done":
        sys.exit(f"the sync ended as {ended.state}")
    pages = -(-ended.transactions // PAGE)
    print(
        f"{ended.transactions} rows, {pages} pages: {wall:.1f} s, {cpu:.1f} s of them computed here"
    )
    verdict.most("wall / (pages x latency)", wall / (pages * LATENCY), WALL)
    print(f"{before_it:.0f} MiB were in use before")
    verdict.most("peak memory, MiB", _peak(), PEAK)

    before = await _state(app, caller)
    await app.syncs.want(entity, item, reason="user", full=True)
    await _idle(app)
    after = await _state(app, caller)
    verdict.most("rows rewritten by an idle sync", float(before.places != after.places), 0)
    verdict.most("feed entries of an idle sync", after.entries - before.entries, 1)

    put, copied = await _write_again(app, caller, owner_url)
    print(f"{ended.transactions} sealed rows: {put:.2f} s by upsert, {copied:.2f} s by COPY")
    verdict.least("upsert rate / COPY rate", copied / put, UPSERT)
    return verdict.kept


def _peak() -> float:
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


async def _write_again(app: App, caller: Caller, owner_url: str) -> tuple[float, float]:
    """Give the seconds of the upsert and of COPY for all rows, page by page, a commit each."""
    names = ", ".join(WRITTEN_NAMES)
    async with app.store.begin(caller.entity_id) as tx:
        records = await tx.conn.fetch(f"SELECT {names} FROM transactions")  # noqa: S608  (constant names)
        await tx.conn.execute("DELETE FROM transactions")
    rows = [TransactionRow(**dict(record)) for record in records]
    began = time.perf_counter()
    for start in range(0, len(rows), PAGE):
        async with app.store.begin(caller.entity_id) as tx:
            await TransactionRows(tx).put(rows[start : start + PAGE])
    put = time.perf_counter() - began

    owner = await asyncpg.connect(owner_url)
    try:
        # COPY is not for tables with row-level security; the twin has the indexes without it.
        await owner.execute("CREATE TABLE twin (LIKE tomada.transactions INCLUDING ALL)")
        flat = [(caller.entity_id, *record) for record in records]
        began = time.perf_counter()
        for start in range(0, len(flat), PAGE):
            async with owner.transaction():
                await owner.copy_records_to_table(
                    "twin", records=flat[start : start + PAGE], columns=_COLUMNS
                )
        return put, time.perf_counter() - began
    finally:
        await owner.close()


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


async def main(thousands: int) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        async with (
            simulator() as world,
            embedded_postgres(place / "data") as cluster,
            open_app(_settings(cluster, world, place)) as app,
            Worker(app).running(),
        ):
            return await measure(app, world, cluster.owner_url, thousands)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rows", type=int, default=100, help="thousands of movements")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(0 if runner.run(main(asked.parse_args().rows)) else 1)
