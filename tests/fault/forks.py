"""A server of processes: it imports the product once, and each process is a fork of it.

Run as a program it reads a line for each process it is to start, ``web`` or ``worker``, and answers
with its id. Starting costs a fork instead of an interpreter and 600 modules.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

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
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


@dataclass(slots=True)
class Forks:
    """The fork server and the processes it has made, by name."""

    server: asyncio.subprocess.Process
    running: dict[str, int]

    async def start(self, name: str) -> None:
        """Start ``web`` or ``worker``; it runs its own way from here."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(name.encode() + b"\n")
        self.running[name] = int(await self.server.stdout.readline())

    def kill(self, name: str) -> None:
        """End one as the machine would: at once, without a word."""
        pid = self.running.pop(name, None)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def supervise(self) -> None:
        """Start again what ended by itself: nobody starts while the database is away."""
        for name, pid in list(self.running.items()):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                await self.start(name)


@contextlib.asynccontextmanager
async def forks(settings: Settings, log: Path) -> AsyncIterator[Forks]:
    """Give a fork server; all that it started is gone at the end."""
    with log.open("ab") as out:
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.fault.forks",
            env=environment(settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=out,
        )  # fmt: skip
    made = Forks(server, {})
    try:
        yield made
    finally:
        for name in list(made.running):
            made.kill(name)
        assert server.stdin is not None
        server.stdin.close()
        await server.wait()


def _serve() -> None:
    from tomada.cli import serve  # noqa: PLC0415  (what makes the fork worth while)

    # Nobody waits for the children.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(0)
            os.dup2(2, 1)
            code = 1
            try:
                asyncio.run({"web": serve.web, "worker": serve.worker}[line.strip()]())
                code = 0
            finally:
                os._exit(code)
        print(pid, flush=True)  # noqa: T201  (the answer)


if __name__ == "__main__":
    _serve()
