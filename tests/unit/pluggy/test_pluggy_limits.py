"""Never past the limit in any window, and people first."""

import asyncio
from collections import Counter

import pytest

from tomada.pluggy.limits import Allowance, current_share, family_of, route_of, sharing
from tomada.pluggy.window import MemoryLimiter


class Timeline:
    """A clock for the limiter that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("family", "most"), [("transactions", 315), ("accounts", 315), ("item_updates", 17)]
)
async def test_background_calls_stop_at_the_reserve(family: str, most: int) -> None:
    limiter = MemoryLimiter(now=Timeline())
    calls = [
        asyncio.create_task(limiter.acquire(family, interactive=False)) for _ in range(most + 5)
    ]

    await settle()
    done = sum(call.done() for call in calls)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert done == most


@pytest.mark.parametrize(("family", "most"), [("transactions", 350), ("item_updates", 19)])
async def test_interactive_calls_may_use_everything(family: str, most: int) -> None:
    limiter = MemoryLimiter(now=Timeline())
    calls = [
        asyncio.create_task(limiter.acquire(family, interactive=True)) for _ in range(most + 5)
    ]

    await settle()
    done = sum(call.done() for call in calls)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert done == most


async def test_no_window_ever_holds_more_than_the_limit() -> None:
    loop = asyncio.get_running_loop()
    last = [0.0]

    def now() -> float:
        last[0] = loop.time()
        return last[0]

    limiter = MemoryLimiter(default=Allowance(requests=20, seconds=0.3, reserve=2), now=now)
    passed: list[float] = []

    async def call(number: int) -> None:
        await limiter.acquire("x", interactive=number % 7 == 0)
        # No other task runs between the grant and this line, so this is the grant's own time.
        passed.append(last[0])

    await asyncio.gather(*(call(number) for number in range(90)))

    assert len(passed) == 90
    assert all(late - early > 0.2999 for late, early in zip(passed[20:], passed, strict=False))


async def test_a_person_goes_before_those_who_waited_longer() -> None:
    limiter = MemoryLimiter(default=Allowance(requests=1, seconds=0.05, reserve=0))
    order: list[str] = []

    async def call(name: str, *, interactive: bool) -> None:
        await limiter.acquire("x", interactive=interactive)
        order.append(name)

    await call("first", interactive=False)
    calls = [asyncio.create_task(call(f"job {n}", interactive=False)) for n in range(2)]
    await asyncio.sleep(0)
    calls.append(asyncio.create_task(call("person", interactive=True)))
    await asyncio.gather(*calls)

    assert order == ["first", "person", "job 0", "job 1"]


async def test_one_who_gives_up_keeps_nobody_back() -> None:
    clock = Timeline()
    limiter = MemoryLimiter(default=Allowance(requests=1, seconds=0.05, reserve=0), now=clock)
    await limiter.acquire("x", interactive=False)
    impatient = asyncio.create_task(limiter.acquire("x", interactive=False))
    patient = asyncio.create_task(limiter.acquire("x", interactive=False))
    await settle()

    impatient.cancel()
    clock.now += 1
    await asyncio.wait_for(patient, 10)

    assert impatient.cancelled()


async def test_who_had_the_least_is_served_next() -> None:
    clock = Timeline()
    limiter = MemoryLimiter(default=Allowance(requests=4, seconds=0.05, reserve=0), now=clock)
    order: list[str] = []

    async def call(share: str) -> None:
        await limiter.acquire("x", interactive=False, share=share)
        order.append(share)

    calls = [asyncio.create_task(call("heavy")) for _ in range(9)]
    await settle()
    calls += [asyncio.create_task(call(f"light {n}")) for n in range(3)]
    await settle()
    clock.now += 1
    await asyncio.wait_for(asyncio.gather(*calls[4:5], *calls[9:]), 10)
    for one in calls:
        one.cancel()
    await asyncio.gather(*calls, return_exceptions=True)

    assert order[:4] == ["heavy"] * 4
    assert sorted(order[4:8]) == ["heavy", "light 0", "light 1", "light 2"]


async def test_a_share_holds_for_the_block_and_for_the_tasks_it_starts() -> None:
    seen: list[str] = []

    async def look() -> None:
        seen.append(current_share())

    with sharing("a"):
        await look()
        await asyncio.create_task(look())
    await look()

    assert seen == ["a", "a", ""]


async def test_families_do_not_share_their_places() -> None:
    limiter = MemoryLimiter(default=Allowance(requests=1, seconds=60, reserve=0), now=Timeline())

    await limiter.acquire("accounts", interactive=False)
    await asyncio.wait_for(limiter.acquire("transactions", interactive=False), 10)


def test_operations_are_counted_in_the_families_of_the_provider() -> None:
    families = {
        ("GET", "/v2/transactions"): "transactions",
        ("GET", "/transactions/{id}"): "transactions",
        ("GET", "/accounts"): "accounts",
        ("GET", "/accounts/{id}/balance"): "accounts",
        ("PATCH", "/items/{id}"): "item_updates",
        ("GET", "/items/{id}"): "items",
        ("GET", "/investments/{id}/transactions"): "investment_transactions",
        ("GET", "/investments/{id}"): "investments",
        ("POST", "/auth"): "auth",
        ("GET", "/"): "other",
    }

    found = {call: family_of(*call) for call in families}

    assert found == families
    assert Counter(families.values())["transactions"] == 2


def test_a_route_has_no_ids() -> None:
    path = "/items/a0922d6f-2007-4169-a181-b961500608db/accounts/12"

    assert route_of(path) == "/items/{id}/accounts/{id}"


@pytest.mark.parametrize(("requests", "reserve"), [(1, 1), (0, 0), (5, -1)])
def test_an_allowance_that_lets_nothing_through_is_refused(requests: int, reserve: int) -> None:
    with pytest.raises(ValueError, match="allowance"):
        Allowance(requests=requests, reserve=reserve)
