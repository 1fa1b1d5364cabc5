"""The process dies at each statement of a delivery and of a run, one after the other.

After each death everything that must hold does, at once and before anybody repairs anything; and
after the next start the ledger comes to equal the bank.
"""

from pathlib import Path
from random import Random

import pytest

from tests.fault.cluster import Server
from tests.fault.histories import History, Tally, history
from tests.fault.installation import SOON
from tests.fault.taps import Kind
from tests.fault.weather import deliver

# More than a delivery and a run of two pages need; the end is noticed.
MOST = 400


async def _something_happens(one: History, rng: Random) -> None:
    """Let the bank have news for more than one page, and an old row corrected."""
    item = min(one.house.items)
    account = one.house.world.state.items[item].accounts[0]
    # What was read before is not read again.
    await one.house.time.clock.advance(minutes=30)
    for n in range(4):
        one.house.world.post(item, account_id=account.id, description=f"Café {n} user-ok-ana")
    row = rng.choice(account.transactions)
    one.house.world.edit(row.id, description=f"Corrigido {rng.random()} user-ok-ana")
    one.watch.bank()
    await one.house.time.clock.settle(outside=True)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("kind", "first"), [("die", 1), ("die_after", 4), ("sever_after", 7)])
async def test_a_run_that_ends_at_any_statement_leaves_nothing_half_done(
    server: Server, tmp_path: Path, kind: Kind, first: int
) -> None:
    """Each of the three takes every ninth statement, and begins at another one."""
    key, rng = tmp_path / "master.key", Random(1)
    async with history(
        server.membership.cluster, server.super_url, key, Tally(), page_size=3
    ) as one:
        for statement in range(first, MOST, 9):
            await _something_happens(one, rng)
            one.house.tap.set(statement, kind)
            await one.house.work(at_once=1)
            reached = one.house.tap.left is None
            await one.watch.check()
            await one.house.quiet(within=SOON)
            assert await one.different() == [], statement
            if not reached:
                break

        assert not reached
        assert one.house.kills > 15 or kind == "sever_after"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["die", "die_after"])
async def test_a_delivery_that_is_answered_is_there_wherever_the_process_dies(
    server: Server, tmp_path: Path, kind: Kind
) -> None:
    key = tmp_path / "master.key"
    async with history(server.membership.cluster, server.super_url, key, Tally()) as one:
        item = min(one.house.items)
        for statement in range(1, MOST):
            one.house.tap.set(statement, kind)
            await deliver(one.house, {"event": "item/updated", "itemId": item})
            reached = one.house.tap.left is None
            await one.house.revive()
            await one.watch.check()
            if not reached:
                break

        assert not reached
        assert one.house.kills > 5
