"""The allowance in the database: exact in virtual time, and kept by several processes at once."""

import asyncio
import heapq
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.contract.limits.windows import counts, fullest
from tomada.adapters.limits.postgres import PostgresLimiter, SharedAllowance
from tomada.pluggy.limits import UPDATES
from tomada.store.embedded import EmbeddedCluster

_START = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(slots=True)
class Timeline:
    """Callers in virtual time, each of which asks again as soon as it may."""

    pool: asyncpg.Pool
    now: datetime = _START
    passed: list[float] = field(default_factory=list)
    waits: dict[bool, list[float]] = field(default_factory=lambda: {False: [], True: []})

    async def run(
        self, family: str, callers: Iterator[tuple[float, bool]], *, seconds: float
    ) -> None:
        """Start the *callers*, each at its second and interactive or not."""
        limiter = PostgresLimiter(pool=self.pool, clock=lambda: self.now)
        rng = random.Random(7)
        line = [
            (at, n, interactive, at) for n, (at, interactive) in enumerate(callers) if at < seconds
        ]
        heapq.heapify(line)
        while line:
            at, number, interactive, since = heapq.heappop(line)
            if at >= seconds:
                continue
            self.now = _START + timedelta(seconds=at)
            turn = await limiter.take(family, interactive=interactive)
            slot = (turn.slot - _START).total_seconds()
            if not turn.granted:
                heapq.heappush(line, (at + turn.wait, number, interactive, since))
                continue
            self.passed.append(slot)
            self.waits[interactive].append(slot - since)
            if not interactive:
                then = slot + rng.uniform(0.05, 0.3)
                heapq.heappush(line, (then, number, False, then))
        self.passed.sort()


def _machines(count: int) -> Iterator[tuple[float, bool]]:
    return ((number / 100, False) for number in range(count))


@pytest.mark.parametrize(("family", "most", "least"), [("accounts", 350, 342), (UPDATES, 19, 14)])
async def test_under_load_the_allowance_is_used_and_never_passed(
    pool: asyncpg.Pool, family: str, most: int, least: int
) -> None:
    time = Timeline(pool)

    await time.run(family, _machines(3), seconds=135)

    whole = sum(at < 74 for at in time.passed)
    assert max(counts(time.passed, 60)) <= most
    assert min(list(counts(time.passed, 60))[:whole]) >= least


async def test_people_wait_an_interval_while_machines_take_all_they_can(
    pool: asyncpg.Pool,
) -> None:
    time = Timeline(pool)
    people = ((float(at), True) for at in range(5, 70, 2))

    await time.run("items", iter([*_machines(3), *people]), seconds=70)

    assert len(time.waits[True]) == 33
    assert max(time.waits[True]) < 0.2
    assert max(counts(time.passed, 60)) <= 350
    assert len(time.waits[False]) > 330


async def test_a_crowd_of_people_books_no_further_than_a_window(pool: asyncpg.Pool) -> None:
    time = Timeline(pool)

    await time.run(UPDATES, ((0.0, True) for _ in range(40)), seconds=200)

    assert len(time.passed) == 40
    assert max(counts(time.passed, 60)) <= 19


async def test_a_clock_set_back_costs_a_window_and_not_the_difference(pool: asyncpg.Pool) -> None:
    clock = [_START]
    limiter = PostgresLimiter(pool=pool, clock=lambda: clock[0])
    await limiter.take("items", interactive=False)

    clock[0] -= timedelta(hours=5)
    turn = await limiter.take("items", interactive=False)

    assert not turn.granted
    assert turn.wait <= 62


@pytest.mark.usefixtures("pool")
async def test_four_processes_together_stay_within_one_allowance(emptied: EmbeddedCluster) -> None:
    work = {"url": emptied.app_url, "requests": 70, "seconds": 4.0, "for": 7.0}
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.contract.limits.hungry", json.dumps(work),
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]  # fmt: skip

    outputs = [(await process.communicate())[0] for process in processes]
    each = [json.loads(output) for output in outputs]
    passed = sorted(at for times in each for at in times)

    assert all(each), "a process never got its turn"
    assert fullest(passed, 3.6) <= 70
    # What one process may take alone is what they take together, less what a busy machine loses.
    allowance = SharedAllowance(requests=70, seconds=4.0)
    steady = (passed[-1] - passed[0]) / allowance.interval.total_seconds()
    assert len(passed) >= 0.8 * steady


@pytest.mark.parametrize("wrong", [{"burst": 350}, {"reserve": 6}, {"seconds": 0}])
def test_an_allowance_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="an allowance needs"):
        SharedAllowance(**wrong)
