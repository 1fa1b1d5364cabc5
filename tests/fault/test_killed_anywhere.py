"""Server and worker are killed at random points of the path; the ledger ends up equal.

The number of kills is 25; ``TOMADA_TEST_KILLS`` changes it, ``TOMADA_TEST_SEED`` repeats a run.
"""

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.conftest import PASSWORD, Running
from tests.fault.processes import Processes, processes
from tests.integration.path.connecting import agree, eventually
from tests.integration.path.truth import held, truth
from tomada.bootstrap import open_app
from tomada.cli.serve import take_port
from tomada.domain.access import Caller
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator

KILLS = int(os.environ.get("TOMADA_TEST_KILLS", "25"))
SEED = int(os.environ.get("TOMADA_TEST_SEED", "20261123"))
BANK = 0
HAPPENINGS = ("purchase", "pix_in", "pix_out", "edit", "take_back")


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_after_any_kill_the_ledger_equals_what_pluggy_holds(
    settings_for: Callable[[Simulator, int], Settings], tmp_path: Path
) -> None:
    # Lost deliveries come again after some 3 and 6 seconds instead of one and three hours.
    quick = SimulatorSettings(
        retry_scale=1 / 1200, requests_per_minute=None, bank_delay=0.3, hook_disable_after=10_000
    )
    rng = random.Random(SEED)
    with take_port("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
    async with run_simulator(quick) as simulator:
        settings = settings_for(simulator, port)
        async with (
            open_app(settings) as app,
            processes(settings, tmp_path / "log.txt") as both,
        ):
            await both.start("web")
            await both.start("worker")
            await both.answers()
            tomada = Running(app, settings.origin, simulator)
            for n in range(KILLS):
                await _one_path(tomada, both, rng, n)
    print(f"{KILLS} kills, seed {SEED}: equal each time")  # noqa: T201  (the figure is asked for)


async def _one_path(tomada: Running, both: Processes, rng: random.Random, n: int) -> None:
    """Walk the path for a new person, kill in the middle of it, and wait for equality."""
    user, entity = await tomada.app.access.create_user(f"p{n}@example.com", PASSWORD, "P")
    caller = Caller(user, entity, "test")
    victims = rng.choice([("web",), ("worker",), ("web", "worker")])
    async with asyncio.TaskGroup() as group:
        walk = group.create_task(_walk(tomada, caller, random.Random(rng.random())))
        group.create_task(_kill_later(both, victims, after=rng.uniform(0, 1.5)))
    item_id = walk.result()

    async def equal() -> bool:
        # A person whose page got no answer asks again; so does every browser that is opened.
        await _sync_data(tomada, caller, item_id)
        if await held(tomada, entity, item_id) != await truth(tomada, item_id):
            return False
        return not any(item.syncing for item in await tomada.app.items.list(entity))

    await eventually(equal, seconds=60)


async def _kill_later(both: Processes, names: tuple[str, ...], *, after: float) -> None:
    await asyncio.sleep(after)
    for name in names:
        await both.kill(name)
    for name in names:
        await both.start(name)
    await both.answers()


async def _walk(tomada: Running, caller: Caller, rng: random.Random) -> str:
    await agree(tomada, caller)
    token = await tomada.app.connect.create_token(caller, connector_id=BANK, item_id=None)
    async with httpx2.AsyncClient(base_url=tomada.simulator.url, timeout=30) as http:
        headers = {"X-API-KEY": token.connect_token}
        login = {"user": "user-ok", "password": "password-ok"}
        body = {"connectorId": BANK, "parameters": login}
        item = (await http.post("/items", json=body, headers=headers)).json()
        while item["status"] == "UPDATING":
            await asyncio.sleep(0.05)
            item = (await http.get(f"/items/{item['id']}", headers=headers)).json()
        await _sync_data(tomada, caller, item["id"])
        for _ in range(rng.randint(2, 5)):
            await asyncio.sleep(rng.uniform(0, 0.3))
            await _happen(http, item["id"], rng)
    return str(item["id"])


async def _sync_data(tomada: Running, caller: Caller, item_id: str) -> None:
    """Ask as the page does, through a service that shares the database with the processes."""
    await tomada.app.syncs.start(caller, item_id)


async def _happen(http: httpx2.AsyncClient, item_id: str, rng: random.Random) -> None:
    """Let something happen at the bank."""
    what = rng.choice(HAPPENINGS)
    if what not in ("edit", "take_back"):
        made = await http.post(f"/_simulator/items/{item_id}/transactions", json={"kind": what})
        made.raise_for_status()
        return
    state = (await http.get("/_simulator/state")).json()
    item = next(one for one in state["items"] if one["id"] == item_id)
    row = rng.choice([row for account in item["accounts"] for row in account["transactions"]])
    if what == "edit":
        words = {"description": f"Corrigido {rng.randint(1, 999)}"}
        done = await http.patch(f"/_simulator/transactions/{row['id']}", json=words)
    else:
        done = await http.delete(f"/_simulator/transactions/{row['id']}")
    done.raise_for_status()
