"""Wait for conditions, and look at processes."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg

PATIENCE = 45


async def until(condition: Callable[[], bool]) -> None:
    """Return when *condition* holds; fail when it does not for long."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        await asyncio.sleep(0.02)


async def until_answered(url: str) -> None:
    """Return when a connection succeeds."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            connection = await asyncpg.connect(url)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            assert time.monotonic() < ends, "nobody answers"
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return


async def until_busy(url: str, query: str) -> None:
    """Return when some connection of the same role runs *query*."""
    connection = await asyncpg.connect(url)
    ends = time.monotonic() + PATIENCE
    asked = "SELECT count(*) FROM pg_stat_activity WHERE query = $1 AND state = 'active'"
    while await connection.fetchval(asked, query) == 0:
        assert time.monotonic() < ends, "nobody runs it"
        await asyncio.sleep(0.05)
    await connection.close()


def is_alive(pid: int) -> bool:
    """Whether *pid* runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def server_processes(data_dir: Path) -> list[int]:
    """All processes that work in the database's directory."""
    pgdata = data_dir / "postgres" / "pgdata"
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                here = str((entry / "cwd").readlink())
            except OSError:
                continue
            if here.removesuffix(" (deleted)") in {str(pgdata), f"{pgdata}.new"}:
                found.append(int(entry.name))
    return found


def shown_by(pid: int) -> str:
    """What every user may read of a process, and what its own user may: command line and environment."""
    about = Path(f"/proc/{pid}")
    try:
        return (about / "cmdline").read_text("utf-8") + (about / "environ").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def status_of(pid: int) -> dict[str, list[str]]:
    """What the kernel says of a process: users, groups, powers."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}


async def value(url: str, query: str) -> object:
    """Ask one question on a connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
