"""The client beside Pluggy's own SDKs: fetch and decode all movements of one item.

One machine, one simulator, one run. The contestants take turns, each in a process of its own, so
that a busy moment of the machine meets all of them. Their packages are installed, by hash, into a
cache directory at the first run; Node and npm must be there.

    --rows 100    thousands of movements
    --rounds 3    turns without latency; the median counts
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tomada.pluggy import PluggyClient
from tomada.pluggy.limits import NoLimiter

HERE = Path(__file__).resolve().parent / "contestants"
LATENCY = 0.05
OURS, NODE, PYTHON = "tomada.pluggy", "Node pluggy-sdk", "Python pluggy-sdk"
# What the client promises: processor time against the two others, and memory in MiB.
CPU_OF_NODE, CPU_OF_PYTHON, PEAK = 0.4, 0.15, 60.0


@dataclass(frozen=True, slots=True)
class Used:
    """What one contestant used for one piece of work; seconds and MiB."""

    rows: int
    total: float
    wall: float
    cpu: float
    peak: float


Commands = dict[str, list[str]]
Results = dict[str, Used]


def install() -> Commands:
    """Install the two SDKs where they are not yet; give the command of each contestant."""
    if not (shutil.which("node") and shutil.which("npm")):
        sys.exit("Pluggy's SDK for Node needs node and npm, which are not here")
    locks = [HERE / "python-sdk.txt", HERE / "node" / "package-lock.json"]
    name = hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "tomada-bench" / name
    python = place / "venv" / "bin" / "python"
    if not (place / "done").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        run(sys.executable, "-m", "venv", str(place / "venv"))
        run(str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(locks[0]))
        shutil.copytree(HERE / "node", place / "node", dirs_exist_ok=True)
        run("npm", "ci", "--silent", "--ignore-scripts", cwd=place / "node")
        (place / "done").touch()
    # A module finds its packages from where it lies, so the script goes to them.
    shutil.copy(HERE / "node" / "run.mjs", place / "node" / "run.mjs")
    return {
        OURS: [sys.executable, str(HERE / "ours.py")],
        NODE: ["node", str(place / "node" / "run.mjs")],
        PYTHON: [str(python), str(HERE / "sdk.py")],
    }


def run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd)  # noqa: S603  (our own commands)


@dataclass(frozen=True, slots=True)
class Server:
    """The simulator, in a process of its own; *world* is where it is and what to ask for."""

    world: dict[str, str]
    asked: asyncio.StreamWriter
    said: asyncio.StreamReader

    async def slow_down(self, seconds: float) -> None:
        """Let every page of movements take *seconds* longer from now on."""
        self.asked.write(f"{seconds}\n".encode())
        await self.said.readline()


@contextlib.asynccontextmanager
async def simulator(thousands: int) -> AsyncIterator[Server]:
    """Start the simulator with one item of so many thousand movements."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "simulator.py"), f"user-ok-perf-{thousands}x",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("pipes were asked for")
    try:
        yield Server(json.loads(await process.stdout.readline()), process.stdin, process.stdout)
    finally:
        process.stdin.close()
        await process.wait()


async def turn(command: list[str], world: dict[str, str], *arguments: str) -> Used:
    """Let one contestant do one piece of work."""
    environment = os.environ | {
        "PLUGGY_API_URL": world["url"],
        "PLUGGY_CLIENT_ID": world["client_id"],
        "PLUGGY_CLIENT_SECRET": world["client_secret"],
        "NO_PROXY": "*",
        # Those in Python share the module that measures.
        "PYTHONPATH": str(HERE.parent.parent),
    }
    process = await asyncio.create_subprocess_exec(
        *command, *arguments, env=environment, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return Used(**json.loads(printed))


async def compete(
    commands: Commands, world: dict[str, str], *arguments: str, rounds: int
) -> Results:
    """Let all do the same work in turns; give the median of each measure."""
    turns: dict[str, list[Used]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            turns[name].append(await turn(command, world, *arguments))
    seen = {(used.rows, used.total) for all_of in turns.values() for used in all_of}
    if len({rows for rows, _ in seen}) > 1 or max(t for _, t in seen) - min(t for _, t in seen) > 1:
        sys.exit(f"the contestants did not read the same movements: {sorted(seen)}")
    return {
        name: Used(
            all_of[0].rows,
            all_of[0].total,
            median(used.wall for used in all_of),
            median(used.cpu for used in all_of),
            max(used.peak for used in all_of),
        )
        for name, all_of in turns.items()
    }


async def record(world: dict[str, str], directory: Path) -> int:
    """Keep each page as it would be sent; give the number of bytes."""
    size = 0
    async with PluggyClient(
        client_id=world["client_id"], client_secret=world["client_secret"], base_url=world["url"],
        limiter=NoLimiter(), trust_env=False,
    ) as pluggy:  # fmt: skip
        number = 0
        async for page in pluggy.transactions(world["account_id"]).pages():
            rows = b",".join(movement.raw for movement in page.items)
            body = b'{"results":[' + rows + b'],"next":' + json.dumps(page.next).encode() + b"}"
            (directory / f"{number:05}.json").write_bytes(body)
            number, size = number + 1, size + len(body)
    return size


def show(title: str, results: Results) -> None:
    print(f"\n{title}")
    print(f"  {'':20}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}{'ours / it: wall':>18}{'CPU':>8}")
    ours = results[OURS]
    for name, used in results.items():
        print(
            f"  {name:20}{used.wall:9.2f}{used.cpu:9.2f}{used.peak:10.1f}"
            f"{ours.wall / used.wall:18.2f}{ours.cpu / used.cpu:8.2f}"
        )


def judge(fetched: Results) -> bool:
    """Compare with what is promised, for fetching and decoding together."""
    ours = fetched[OURS]
    rows = [
        ("CPU of the Node SDK's", ours.cpu / fetched[NODE].cpu, CPU_OF_NODE),
        ("CPU of the Python SDK's", ours.cpu / fetched[PYTHON].cpu, CPU_OF_PYTHON),
        ("peak memory, MiB", ours.peak, PEAK),
    ]
    print()
    for what, found, most in rows:
        print(f"  {what:26}{found:8.2f}  to reach {most:g}: {'yes' if found <= most else 'NO'}")
    return all(found <= most for _, found, most in rows)


async def race(commands: Commands, *, thousands: int, rounds: int) -> bool:
    """Let them compete in everything; tell whether ours keeps its promises."""
    async with simulator(thousands) as server:
        account = server.world["account_id"]
        with tempfile.TemporaryDirectory() as directory:
            size = await record(server.world, Path(directory))
            decoded = await compete(commands, server.world, "decode", directory, rounds=rounds)
        show(f"Decode alone: {decoded[OURS].rows} movements, {size / 2**20:.0f} MiB", decoded)
        fetched = await compete(commands, server.world, "fetch", account, rounds=rounds)
        show("Fetch and decode, no latency", fetched)
        await server.slow_down(LATENCY)
        late = await compete(commands, server.world, "fetch", account, rounds=1)
        show(f"Fetch and decode, {LATENCY * 1000:.0f} ms of latency a page", late)
    return judge(fetched)


def main() -> int:
    asked = argparse.ArgumentParser(description="The client beside Pluggy's own SDKs.")
    asked.add_argument("--rows", type=int, default=100, help="thousands of movements")
    asked.add_argument("--rounds", type=int, default=3, help="turns, of which the median counts")
    options = asked.parse_args()
    commands = install()
    node = subprocess.run(  # noqa: S603  (our own command)
        [commands[NODE][0], "--version"], check=True, capture_output=True, text=True
    )
    print(f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f},")
    print(f"Python {platform.python_version()}, Node {node.stdout.strip()}")
    kept = asyncio.run(race(commands, thousands=options.rows, rounds=options.rounds))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
