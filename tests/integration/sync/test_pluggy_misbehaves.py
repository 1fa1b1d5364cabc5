"""Pluggy fails at each request of a reading in each way: nothing half-written, nothing lost."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import Running
from tests.integration.path.truth import Dump, held, truth
from tests.integration.sync.by_hand import connected
from tomada.domain.ids import EntityId, ItemId
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.simulator.faults import Effect, Fault

PAGE = 120
"""Rows on a page of Pluggy's, so that an account has several."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way to fail."""

    effect: Effect
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    body: object = None

    def at(self, path: str) -> Fault:
        return Fault(
            path=path, effect=self.effect, status=self.status, body=self.body,
            headers=dict(self.headers), count=1,
        )  # fmt: skip


TROUBLES = {
    "500": Trouble("status", 500),
    "502 of a gateway": Trouble("status", 502, body="<html>Bad Gateway</html>"),
    "503": Trouble("status", 503),
    "504": Trouble("status", 504),
    "429": Trouble("status", 429, (("RateLimit-Reset", "1"), ("Retry-After", "1"))),
    "429 without a word": Trouble("status", 429),
    "401": Trouble("status", 401),
    "403": Trouble("status", 403),
    "404": Trouble("status", 404),
    "200 with an error": Trouble("status", 200, body={"code": 500, "message": "no"}),
    "200 and not JSON": Trouble("status", 200, body="nothing to see"),
    "cut": Trouble("truncate"),
    "broken off": Trouble("close"),
    "a page of HTML": Trouble("content_type"),
    "a row that is no row": Trouble("status", 200, body={"results": [{"id": 7}]}),
    "an amount beyond all money": Trouble(
        "status", 200,
        body={"results": [{"id": "x", "accountId": "y", "amount": Decimal("1e30"),
                           "date": "2026-11-01", "createdAt": "2026-11-01T00:00:00Z"}]},
    ),
}  # fmt: skip
WALKS = {
    "a circle": Trouble("next_loop"),
    "another host": Trouble("next_foreign"),
}
# The item, the accounts, the first page of all, one in the middle, and one near the end.
REQUESTS = (("/items/*", 1), ("/accounts", 1), *(("/v2/transactions", n) for n in (1, 4, 9)))


@dataclass(frozen=True, slots=True)
class Bench:
    """A connected bank that is read by hand, and all of whose rows the bank keeps rewriting."""

    tomada: Running
    entity: EntityId
    item: ItemId

    def rewrite(self, word: str) -> None:
        """Change every row, so that every page has something to write."""
        for account in self.tomada.simulator.world.state.items[self.item].accounts:
            for row in account.transactions:
                row.description = f"{row.description.partition(' #')[0]} #{word}"

    async def read(self, *, full: bool = True) -> str | None:
        """Make one run now; gives the error it ended with."""
        async with self.tomada.app.store.begin(self.entity) as tx:
            await tx.conn.execute("UPDATE work SET not_before = NULL")
        await self.tomada.app.syncs.want(self.entity, self.item, reason="user", full=full)
        await self.tomada.app.reading.run(self.item)
        async with self.tomada.app.store.begin(self.entity) as tx:
            code: str | None = await tx.conn.fetchval(
                "SELECT error_code FROM syncs ORDER BY requested_at DESC, id DESC LIMIT 1"
            )
        return code

    async def held(self) -> Dump:
        return await held(self.tomada, self.entity, self.item)

    async def truth(self) -> Dump:
        return await truth(self.tomada, self.item)


@pytest.fixture
async def bench(settings_for: Callable[[Simulator, int], Settings]) -> AsyncIterator[Bench]:
    calm = SimulatorSettings(requests_per_minute=None, page_size=PAGE)
    async with (
        run_simulator(calm) as simulator,
        connected(simulator, settings_for) as (tomada, caller, item),
    ):
        yield Bench(tomada, caller.entity_id, item)


def _mixed(now: Dump, before: Dump, whole: Dump) -> list[Any]:
    """List rows that are neither as they were nor as Pluggy has them."""
    return [
        row_id
        for account, rows in now.items()
        for row_id, row in rows.items()
        if row not in (before[account].get(row_id), whole[account].get(row_id))
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("troubles", [TROUBLES, WALKS], ids=["answers", "walks"])
async def test_at_whichever_request_pluggy_fails_the_ledger_ends_up_equal(
    bench: Bench, troubles: dict[str, Trouble]
) -> None:
    faults = bench.tomada.simulator.world.faults
    await bench.read()
    assert await bench.held() == await bench.truth()
    failed = 0
    for n, (name, trouble) in enumerate(troubles.items()):
        # Two requests for each trouble, and over all troubles each request many times.
        requests = REQUESTS if troubles is TROUBLES else REQUESTS[2:]
        for path, place in (requests[n % len(requests)], requests[(n + 2) % len(requests)]):
            before = await bench.held()
            bench.rewrite(f"{n}-{place}")
            skipped = Fault(path=path, effect="delay", count=place - 1)
            fault = trouble.at(path)
            faults.faults[:] = [skipped, fault]

            code = await bench.read()

            what = (name, path, place, code)
            assert fault.fired == 1, what
            whole, now = await bench.truth(), await bench.held()
            assert now.keys() == before.keys(), what
            assert {k: v.keys() for k, v in now.items()} == {k: v.keys() for k, v in before.items()}
            assert _mixed(now, before, whole) == [], what
            if code is not None:
                failed += 1
                assert await bench.read() is None, what
                now = await bench.held()
            assert now == whole, what
    assert failed >= len(troubles) // 2


async def test_a_first_reading_that_breaks_off_goes_on_where_nothing_is_missing(
    bench: Bench,
) -> None:
    faults = bench.tomada.simulator.world.faults
    for place in (1, 3, 6, 9):
        skipped = Fault(path="/v2/transactions", effect="delay", count=place)
        faults.faults[:] = [skipped, Trouble("status", 500).at("/v2/transactions")]
        assert await bench.read(full=False) == "server_error"
        now, whole = await bench.held(), await bench.truth()
        assert all(rows.items() <= whole[account].items() for account, rows in now.items())

    assert await bench.read(full=False) is None

    assert await bench.held() == await bench.truth()


async def test_an_empty_first_answer_is_not_taken_for_an_empty_bank_for_good(
    bench: Bench,
) -> None:
    faults = bench.tomada.simulator.world.faults
    for path in ("/accounts", "/v2/transactions"):
        faults.faults[:] = [Fault(path=path, effect="status", status=204, body="", count=None)]
        assert await bench.read(full=False) is None
    faults.clear()

    await bench.read(full=False)

    assert await bench.held() == await bench.truth()


async def test_a_pluggy_that_does_not_answer_at_all_is_a_failure_that_passes(
    bench: Bench,
) -> None:
    world = bench.tomada.simulator.world
    await bench.read()
    bench.rewrite("away")
    world.faults.faults[:] = [Fault(effect="close", count=None)]

    code = await bench.read()
    world.faults.clear()
    again = await bench.read()

    assert code == "unreachable"
    assert again is None
    assert await bench.held() == await bench.truth()
