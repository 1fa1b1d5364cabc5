"""Four processes that want all they can get from a Pluggy that counts, one of them for a person.

The simulator counts as Pluggy does, 360 a minute and family, and answers 429 beyond. What went
through is measured at the simulator: the fullest minute and how much of the allowance was used.

    --seconds 130    how long; two minutes show the second burst
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.pluggy import PluggyClient, RetryPolicy, errors, sharing
from tomada.pluggy.limits import PUBLISHED
from tomada.simulator import SimulatorSettings, run_simulator
from tomada.store.embedded import join
from tomada.store.engine import migrate, open_pool

PROCESSES, CALLERS, MOST, LEAST = 4, 20, 350, 342
NOBODYS = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Process:
    """One process: it asks as often as allowed, and once in three seconds for a person."""

    pluggy: PluggyClient
    waits: list[float] = field(default_factory=list)
    refused: int = 0

    async def machine(self, number: int) -> None:
        """Ask without end."""
        with sharing(f"entity {number % 5}"):
            while True:
                try:
                    await self.pluggy.list_accounts(NOBODYS)
                except errors.RateLimitedError:
                    self.refused += 1
                except errors.NotFoundError:
                    continue

    async def person(self) -> None:
        """Ask now and then, and see how long it takes."""
        while True:
            began = time.monotonic()
            try:
                await self.pluggy.interactive.get_account(NOBODYS)
            except errors.NotFoundError:
                self.waits.append(time.monotonic() - began)
            except errors.RateLimitedError:
                self.waits.append(5.0)
            await asyncio.sleep(3)


async def work(url: str, database: str, seconds: float, *, person: bool) -> None:
    """Be one process for so long."""
    async with (
        open_pool(database, size=2) as pool,
        PluggyClient(
            client_id=CLIENT[0], client_secret=CLIENT[1], base_url=url, trust_env=False,
            limiter=PostgresLimiter(pool=pool), retry=RetryPolicy(attempts=1),
        ) as pluggy,
    ):  # fmt: skip
        process = Process(pluggy)
        tasks = [asyncio.create_task(process.machine(n)) for n in range(CALLERS)]
        if person:
            tasks.append(asyncio.create_task(process.person()))
        await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps({"waits": process.waits, "refused": process.refused}))


CLIENT = (SimulatorSettings().client_id, SimulatorSettings().client_secret)


async def measure(seconds: float) -> bool:
    """Run them and print what the simulator saw; False where a promise is broken."""
    log = structlog.get_logger("bench")
    with tempfile.TemporaryDirectory() as folder:
        membership = join(Path(folder) / "database", log)
        try:
            cluster = membership.cluster
            await migrate(cluster.owner_url, app_url=cluster.app_url)
            settings = SimulatorSettings(log_size=100_000)
            async with run_simulator(settings) as simulator:
                processes = [
                    await asyncio.create_subprocess_exec(
                        sys.executable, __file__, "--work", simulator.url, cluster.app_url,
                        "--seconds", str(seconds), *(["--person"] if n == 0 else []),
                        stdout=asyncio.subprocess.PIPE,
                    )
                    for n in range(PROCESSES)
                ]  # fmt: skip
                outputs = [json.loads((await one.communicate())[0]) for one in processes]
                seen = sorted(
                    one.at.timestamp()
                    for one in simulator.world.recorder.log
                    if one.path.startswith("/accounts")
                )
        finally:
            membership.leave()
    fullest = max(bisect_left(seen, start + 60) - place for place, start in enumerate(seen))
    # Whole windows, since each begins with a burst.
    windows = int((seen[-1] - seen[0]) // PUBLISHED.seconds)
    length = windows * PUBLISHED.seconds
    used = bisect_left(seen, seen[0] + length) / length * 60
    waits = sorted(wait for one in outputs for wait in one["waits"])
    refused = sum(one["refused"] for one in outputs)
    print(f"requests {len(seen)}, fullest minute {fullest} of {MOST}, refused by Pluggy {refused}")
    print(f"the first 300 in {seen[299] - seen[0]:.1f} s")
    print(f"used a minute {used:.0f}, at least {LEAST} wanted: ratio {used / LEAST:.2f}")
    print(f"a person waits {waits[len(waits) // 2]:.2f} s in the median, {waits[-1]:.2f} s at most")
    return fullest <= MOST and refused == 0 and used >= LEAST


def main() -> None:
    """Measure, or be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=130)
    parser.add_argument("--work", nargs=2)
    parser.add_argument("--person", action="store_true")
    asked = parser.parse_args()
    if asked.work:
        url, database = asked.work
        asyncio.run(work(url, database, asked.seconds, person=asked.person))
        return
    sys.exit(0 if asyncio.run(measure(asked.seconds)) else 1)


if __name__ == "__main__":
    main()
