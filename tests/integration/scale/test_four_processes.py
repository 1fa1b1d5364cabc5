"""Two web processes and two workers as real programs on one database: any of them may be killed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect as open_stream
from websockets.typing import Origin

from tests.conftest import PASSWORD, Running
from tests.integration.path.connecting import agree, eventually, widget_connects
from tests.integration.path.truth import held, truth
from tests.integration.sync.quiet import quiet
from tomada.bootstrap import open_app
from tomada.cli.serve import take_port
from tomada.settings import Settings
from tomada.simulator import Simulator

LONG = 60.0
# All of them are one installation under one name, as behind a proxy.
OWN = {"Host": "localhost:8600", "Origin": "http://localhost:8600"}
ADDRESS = "ws://localhost:8600/ws"


@dataclass(frozen=True, slots=True)
class Program:
    process: asyncio.subprocess.Process
    port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def ready(self, monitor: int) -> None:
        async def answers() -> bool:
            async with httpx2.AsyncClient() as http:
                try:
                    answer = await http.get(f"http://127.0.0.1:{monitor}/readyz")
                except httpx2.HTTPError:
                    assert self.process.returncode is None, "it ended by itself"
                    return False
            return answer.status_code == 200

        await eventually(answers, seconds=LONG)


def free_port() -> int:
    bound = take_port("127.0.0.1", 0)
    port: int = bound.getsockname()[1]
    bound.close()
    return port


@asynccontextmanager
async def program(kind: str, settings: Settings, folder: Path) -> AsyncIterator[Program]:
    """Run ``tomada web`` or ``tomada worker`` with the same settings as the others."""
    port, monitor = free_port(), free_port()
    assert settings.database_url is not None
    assert settings.database_owner_url is not None
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TOMADA_ENV": "development",
        "APP_URL": settings.app_url,
        "TOMADA_PORT": str(port),
        "TOMADA_METRICS_PORT": str(monitor),
        "TOMADA_DATABASE_URL": settings.database_url.get_secret_value(),
        "TOMADA_DATABASE_OWNER_URL": settings.database_owner_url.get_secret_value(),
        "TOMADA_MASTER_KEY": settings.master_key,
        "PLUGGY_CLIENT_ID": settings.pluggy_client_id,
        "PLUGGY_CLIENT_SECRET": settings.pluggy_client_secret.get_secret_value(),
        "TOMADA_PLUGGY_URL": settings.pluggy_url,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tomada", kind, env=environment, cwd=folder,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    made = Program(process, port)
    try:
        await made.ready(monitor)
        yield made
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.slow
async def test_streams_move_and_nothing_is_lost_when_any_process_is_killed(
    simulator: Simulator, settings_for: Callable[..., Settings], tmp_path: Path
) -> None:
    settings = settings_for(simulator, 8600, register_webhook=False)
    seen: list[int] = []
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings))
        here = Running(app, settings.origin, simulator)
        programs = await asyncio.gather(
            *(
                stack.enter_async_context(program(kind, settings, tmp_path))
                for kind in ("web", "web", "worker", "worker")
            )
        )
        web, workers = programs[:2], programs[2:]
        caller = await here.someone()
        async with httpx2.AsyncClient(headers=OWN) as browser:
            mine = {"email": "ana@example.com", "password": PASSWORD}
            entered = await browser.post(f"{web[0].url}/api/session", json=mine)
            browser.headers["X-CSRF-Token"] = entered.json()["csrfToken"]

            async def read(one: Program, entries: int) -> None:
                """Follow the feed at one process until *entries* are seen."""
                ticket = (await browser.post(f"{one.url}/api/ws-ticket")).json()["ticket"]
                there: dict[str, Any] = {"host": "127.0.0.1", "port": one.port, "proxy": None}
                async with open_stream(ADDRESS, origin=Origin(OWN["Origin"]), **there) as stream:
                    after = seen[-1] if seen else 0
                    await stream.send(json.dumps({"ticket": ticket, "after": after}))
                    while len(seen) < entries:
                        told = json.loads(await asyncio.wait_for(stream.recv(), LONG))
                        seen.extend(entry["n"] for entry in told["entries"])

            await agree(here, caller)
            token = await app.connect.create_token(caller, connector_id=0, item_id=None)
            item = await widget_connects(here, token.connect_token)
            await app.syncs.start(caller, item)
            await read(web[0], 1)
            # In the middle of the reading; the other worker finds what is left.
            workers[0].process.send_signal(signal.SIGKILL)
            web[0].process.send_signal(signal.SIGKILL)
            await quiet(here, seconds=LONG)
            head = await app.feed.head(caller.entity_id)
            await read(web[1], head)
        # A polite end is clean and bounded.
        for one in (web[1], workers[1]):
            one.process.send_signal(signal.SIGTERM)
        ended = [await asyncio.wait_for(o.process.wait(), LONG) for o in (web[1], workers[1])]
        ours, theirs = await held(here, caller.entity_id, item), await truth(here, item)

    assert ended == [0, 0]
    assert seen == list(range(1, head + 1))
    assert ours == theirs
    assert not [one for one in simulator.world.recorder.log if one.status == 429]
