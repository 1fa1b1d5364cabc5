"""The allowance in the database: exact in virtual time, and kept by several processes at once."""

import asyncio
import json
import random
import statistics
import sys
from datetime import timedelta

import asyncpg
import pytest

from tests.contract.limits.timeline import START, Caller, Timeline
from tests.contract.limits.windows import counts, fullest
from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.pluggy.limits import PUBLISHED, UPDATES, Allowance
from tomada.pluggy.line import Demand
from tomada.pluggy.window import Window
from tomada.store.embedded import EmbeddedCluster


async def test_the_function_in_the_database_follows_the_rules_of_the_window(
    pool: asyncpg.Pool,
) -> None:
    now = [START]
    allowance = Allowance(requests=40, reserve=10)
    limiter = PostgresLimiter(pool=pool, default=allowance, clock=lambda: now[0])
    window = Window(allowance)
    rng = random.Random(11)

    for step in range(400):
        now[0] += timedelta(seconds=rng.choice((0, 0.01, 0.5, 1, 6, 20)))
        at = (now[0] - START).total_seconds()
        if step % 90 == 89:
            refusal = {"seconds": rng.choice((None, 3, 900)), "limit": rng.choice((None, 12, 360))}
            await limiter.refused("accounts", **refusal)
            window.refused(**refusal, now=at)
        shares = {name: rng.randrange(1, 9) for name in rng.sample("abcd", rng.randrange(4))}
        demand = Demand(persons=rng.choice((0, 0, 1, 5)), shares=shares)

        ours, theirs = (
            await limiter.take("accounts", demand),
            window.grant(demand, now=at),
        )

        assert ours.persons == theirs.persons, step
        assert {k: n for k, n in ours.shares.items() if n} == dict(theirs.shares), step
        assert ours.wait == pytest.approx(theirs.wait, abs=1e-4), step


async def test_a_quiet_installation_may_burst_and_one_under_load_uses_what_there_is(
    pool: asyncpg.Pool,
) -> None:
    time = Timeline(pool, "accounts")

    await time.run([Caller(n / 100, process=n % 4) for n in range(60)], seconds=244)

    assert sum(at < 3 for at in time.passed) >= 315
    assert max(counts(time.passed, 60)) <= 350
    # Four windows, whose first has the burst of the quiet time before.
    assert len(time.passed) / 244 * 60 >= 342


async def test_updates_have_an_allowance_of_their_own(pool: asyncpg.Pool) -> None:
    time = Timeline(pool, UPDATES)

    await time.run([Caller(0, process=n % 2) for n in range(6)], seconds=240)

    assert max(counts(time.passed, 60)) <= 19
    assert len(time.passed) / 240 * 60 >= 18


async def test_people_wait_moments_while_machines_take_all_they_can(pool: asyncpg.Pool) -> None:
    time = Timeline(pool, "items")
    machines = [Caller(n / 100, process=n % 3) for n in range(30)]
    # 10 % of the allowance: 35 a minute.
    people = [Caller(5 + n * 60 / 35, process=n % 3, calls=1, interactive=True) for n in range(100)]

    await time.run([*machines, *people], seconds=190)

    waits = time.waits["", True]
    assert len(waits) == 100
    assert max(waits) <= 4
    assert statistics.median(waits) < 1
    assert max(counts(time.passed, 60)) <= 350


async def test_one_heavy_entity_leaves_the_light_ones_their_part(pool: asyncpg.Pool) -> None:
    time = Timeline(pool, "transactions")
    heavy = [Caller(n / 1000, process=n % 4, share="heavy") for n in range(20)]
    light = [Caller(n * 2.0, process=n % 4, share=f"light {n:02}", calls=20) for n in range(49)]

    await time.run([*heavy, *light], seconds=500)

    waits = sorted(w for (share, _), each in time.waits.items() if share != "heavy" for w in each)
    assert len(waits) == 49 * 20
    assert waits[len(waits) * 95 // 100] <= 120
    assert max(counts(time.passed, 60)) <= 350
    # While others wait, none has more than half of what is given.
    contested = [(at, share) for at, share, others in time.grants if others > 1 and at > 62]
    ours = sum(share == "heavy" for _, share in contested)
    assert ours <= len(contested) / 2


async def test_a_process_that_dies_waiting_holds_up_nobody_for_long(pool: asyncpg.Pool) -> None:
    now = [START]
    allowance = Allowance(requests=10, reserve=0)
    dead, alive = (
        PostgresLimiter(pool=pool, default=allowance, clock=lambda: now[0]) for _ in range(2)
    )
    await alive.take("items", Demand(persons=0, shares={"a": 10}))
    await dead.take("items", Demand(persons=0, shares={"b": 10}))

    now[0] += timedelta(seconds=61.1)
    first = await alive.take("items", Demand(persons=0, shares={"a": 10}))
    now[0] += timedelta(seconds=2)
    second = await alive.take("items", Demand(persons=0, shares={"a": 5}))

    # Half was the other's, as long as it could still come.
    assert first.shares == {"a": 5}
    assert first.wait <= 0.1
    assert second.shares == {"a": 5}


async def test_a_clock_set_back_costs_a_window_and_not_the_difference(pool: asyncpg.Pool) -> None:
    clock = [START]
    limiter = PostgresLimiter(pool=pool, clock=lambda: clock[0])
    await limiter.refused("items", seconds=400, limit=None)
    await limiter.take("loans", Demand(persons=350, shares={}))

    clock[0] -= timedelta(hours=5)
    silent = await limiter.take("items", Demand(persons=1, shares={}))
    full = await limiter.take("loans", Demand(persons=1, shares={}))

    assert silent.wait <= 300
    assert full.wait <= PUBLISHED.seconds


@pytest.mark.usefixtures("pool")
async def test_four_processes_together_stay_within_one_allowance(emptied: EmbeddedCluster) -> None:
    work = {"url": emptied.app_url, "requests": 70, "seconds": 4.0, "for": 6.5}
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
    # A grant is seen a moment after it was given, hence the shorter window.
    assert fullest(passed, 3.5) <= 70
    # The first window's burst, and a second one.
    assert len(passed) >= 2 * 63


@pytest.mark.parametrize("wrong", [{"requests": 35}, {"reserve": -1}, {"seconds": 0}])
def test_an_allowance_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="an allowance needs"):
        Allowance(**wrong)


async def test_waiting_goes_by_the_clock_that_is_given(pool: asyncpg.Pool) -> None:
    now = [START]

    async def sleep(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    limiter = PostgresLimiter(
        pool=pool,
        default=Allowance(requests=10, reserve=0),
        clock=lambda: now[0],
        sleep=sleep,
    )
    calls = (limiter.acquire("items", interactive=False) for _ in range(35))
    await asyncio.wait_for(asyncio.gather(*calls), 20)

    assert timedelta(seconds=3 * 60.9) < now[0] - START < timedelta(seconds=3 * 63)
