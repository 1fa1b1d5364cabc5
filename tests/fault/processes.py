"""Real server and worker processes that can be killed and started again."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tomada.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """Name the settings as a process is told them."""
    assert settings.database_url is not None
    assert settings.database_owner_url is not None
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("TOMADA_", "PLUGGY_"))},
        "TOMADA_ENV": settings.env,
        "TOMADA_PORT": str(settings.port),
        "TOMADA_APP_URL": settings.app_url,
        "TOMADA_DATABASE_URL": settings.database_url.get_secret_value(),
        "TOMADA_DATABASE_OWNER_URL": settings.database_owner_url.get_secret_value(),
        "TOMADA_MASTER_KEY": settings.master_key,
        "TOMADA_PLUGGY_CLIENT_ID": settings.pluggy_client_id,
        "TOMADA_PLUGGY_CLIENT_SECRET": settings.pluggy_client_secret.get_secret_value(),
        "TOMADA_PLUGGY_URL": settings.pluggy_url,
        "TOMADA_WIDGET_ORIGIN": settings.widget_origin,
    }


@dataclass(slots=True)
class Processes:
    """``tomada web`` and ``tomada worker``, by name."""

    settings: Settings
    log: Path
    running: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, name: str) -> None:
        """Start one, and wait for the web process to answer."""
        with self.log.open("ab") as log:
            self.running[name] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tomada", name,
                env=environment(self.settings), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    async def answers(self) -> None:
        """Wait until the web process answers."""
        async with httpx2.AsyncClient(base_url=self.settings.origin) as http:
            for _ in range(600):
                try:
                    if (await http.get("/healthz")).status_code == 200:
                        return
                except httpx2.HTTPError:
                    await asyncio.sleep(0.05)
        raise AssertionError("the web process does not answer:\n" + self.log.read_text()[-2000:])

    async def kill(self, name: str) -> None:
        """End one as the machine would: at once, without a word."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


@asynccontextmanager
async def processes(settings: Settings, log: Path) -> AsyncIterator[Processes]:
    """Give processes that are gone at the end, whatever happened."""
    both = Processes(settings, log)
    try:
        yield both
    finally:
        for name in list(both.running):
            await both.kill(name)
