"""What becomes of a run that Pluggy refuses, limits or fails."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from tests.integration.refresh.conftest import Bank
from tomada.services.backoff import TRIES, Backoff
from tomada.simulator.faults import Fault


async def _left(bank: Bank) -> tuple[int, float, bool]:
    """Give failures, seconds until the next try, and whether the item is parked."""
    async with bank.tomada.app.store.begin() as tx:
        row = await tx.conn.fetchrow(
            "SELECT failures, not_before = 'infinity' AS parked,"
            " extract(epoch FROM nullif(not_before, 'infinity') - now())::float AS wait"
            " FROM work WHERE item_id = $1",
            bank.item,
        )
    return row["failures"], row["wait"] or 0.0, bool(row["parked"])


async def test_a_failing_pluggy_is_tried_twelve_times_then_the_operator_hears_of_it(
    bank: Bank,
) -> None:
    app = bank.tomada.app
    bank.tomada.simulator.world.faults.add(
        Fault(path="/accounts", effect="status", status=500, count=None)
    )
    seeded = replace(app.reading.runs, backoff=Backoff(random.Random(5)))
    reading = replace(app.reading, runs=seeded)
    await bank.want()

    waits = []
    with structlog.testing.capture_logs() as logs:
        for _ in range(TRIES):
            async with app.store.begin() as tx:
                await tx.conn.execute("UPDATE work SET not_before = NULL")
            await reading.run(bank.item)
            waits.append((await _left(bank))[1])

    rng = random.Random(5)
    expected = [rng.uniform(0, min(2**n, 300)) for n in range(TRIES - 1)]
    assert waits[:-1] == pytest.approx(expected, abs=2)
    assert await _left(bank) == (TRIES, 0.0, True)
    assert [one["log_level"] for one in logs if one["event"] == "sync_parked"] == ["error"]
    # Parked is not dropped.
    bank.tomada.simulator.world.faults.clear()
    await bank.want()
    await bank.read()
    assert await _left(bank) == (0, 0.0, False)


@pytest.mark.parametrize(
    ("status", "body", "parked"),
    [
        (400, {"code": 400, "message": "no"}, True),
        (403, {"code": 403, "codeDescription": "BALANCE_CONSENT_ERROR", "message": "no"}, True),
        (410, {"code": 410, "codeDescription": "ENDPOINT_DEPRECATED", "message": "no"}, True),
        (409, {"code": 409, "codeDescription": "SOME_CONFLICT", "message": "no"}, False),
        (500, {"code": 500, "message": "no"}, False),
    ],
)
async def test_what_was_refused_for_good_is_not_tried_again(
    bank: Bank, status: int, body: dict[str, object], *, parked: bool
) -> None:
    world = bank.tomada.simulator.world
    world.faults.add(Fault(path="/accounts", effect="status", status=status, body=body, count=None))
    await bank.want()
    world.recorder.log.clear()

    await bank.read()

    asked = [one for one in world.recorder.log if one.path == "/accounts"]
    assert (await _left(bank))[2] is parked
    assert len(asked) == 1


async def test_a_wait_that_pluggy_asks_for_is_kept_by_the_run(bank: Bank) -> None:
    world = bank.tomada.simulator.world
    headers = {"RateLimit-Reset": "137"}
    world.faults.add(
        Fault(path="/accounts", effect="status", status=429, headers=headers, count=None)
    )
    await bank.want()

    await bank.read()

    failures, wait, parked = await _left(bank)
    assert (failures, parked) == (1, False)
    assert timedelta(seconds=130) < timedelta(seconds=wait) <= timedelta(seconds=138)
