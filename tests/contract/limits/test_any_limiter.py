"""What holds for a limiter wherever it keeps its count."""

import asyncio
import time

from tests.contract.limits.conftest import Make
from tests.contract.limits.windows import fullest
from tomada.ports import RateLimiter


async def _spend(limiter: RateLimiter, family: str, count: int) -> list[float]:
    passed: list[float] = []

    async def call() -> None:
        await limiter.acquire(family, interactive=False)
        passed.append(time.monotonic())

    await asyncio.gather(*(call() for _ in range(count)))
    return passed


async def test_no_window_holds_more_than_the_allowance(make: Make) -> None:
    limiter = make(30, 2.0)

    passed = await _spend(limiter, "accounts", 60)

    # A grant is seen a moment after it was given, hence the shorter window.
    assert len(passed) == 60
    assert fullest(passed, 1.8) <= 30


async def test_a_person_goes_before_what_waits_already(make: Make) -> None:
    limiter = make(20, 2.0)
    order: list[str] = []
    begun = asyncio.Event()

    async def call(name: str, *, interactive: bool) -> None:
        await limiter.acquire("items", interactive=interactive)
        order.append(name)
        begun.set()

    async with asyncio.TaskGroup() as calls:
        for _ in range(40):
            calls.create_task(call("machine", interactive=False))
        await begun.wait()
        for _ in range(4):
            calls.create_task(call("person", interactive=True))

    assert order.count("person") == 4
    assert "machine" in order[-8:]
    assert max(place for place, name in enumerate(order) if name == "person") < 30


async def test_a_refusal_silences_the_family_for_as_long_as_it_says(make: Make) -> None:
    limiter = make(20, 60.0)
    await limiter.refused("accounts", seconds=0.3, limit=None)

    began = time.monotonic()
    await _spend(limiter, "transactions", 2)
    other = time.monotonic()
    await asyncio.gather(
        limiter.acquire("accounts", interactive=False),
        limiter.acquire("accounts", interactive=True),
    )

    assert time.monotonic() - began >= 0.29
    assert other - began < 0.29


async def test_a_lowered_limit_is_kept_to(make: Make) -> None:
    limiter = make(20, 60.0)
    await limiter.refused("accounts", seconds=0, limit=6)

    calls = [asyncio.create_task(limiter.acquire("accounts", interactive=True)) for _ in range(9)]
    await asyncio.wait(calls, timeout=0.5)
    done = sum(call.done() for call in calls)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert done == 5


async def test_families_do_not_take_from_each_other(make: Make) -> None:
    limiter = make(20, 60.0)
    await _spend(limiter, "accounts", 4)

    began = time.monotonic()
    await _spend(limiter, "transactions", 4)

    assert time.monotonic() - began < 2


async def test_who_gives_up_waiting_does_not_hold_up_the_others(make: Make) -> None:
    limiter = make(20, 1.0)
    line = [asyncio.create_task(_spend(limiter, "loans", 1)) for _ in range(40)]
    await asyncio.sleep(0.05)

    for call in line[::2]:
        call.cancel()
    done = await asyncio.wait_for(asyncio.gather(*line, return_exceptions=True), 30)

    assert all(isinstance(one, list) for one in done[1::2])
