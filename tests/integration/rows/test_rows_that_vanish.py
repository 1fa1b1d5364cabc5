"""A row that Pluggy no longer lists is removed when that is proven, and never before."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.integration.rows.conftest import Home
from tomada.domain.errors import NotFoundError
from tomada.domain.removals import needs_approval
from tomada.simulator.faults import Fault
from tomada.simulator.shapes import transaction_shape


async def _live(home: Home) -> int:
    count: int = await home.ask("SELECT count(*) FROM transactions WHERE gone_at IS NULL")
    return count


async def test_a_row_goes_after_two_complete_readings_six_hours_apart(home: Home) -> None:
    taken = home.rows_of()[7].id
    before = await _live(home)
    home.world.take_back(taken)

    await home.read(full=True)
    once = await _live(home)
    home.hand.turn(hours=5.9)
    await home.read(full=True)
    too_early = await _live(home)
    home.hand.turn(hours=0.2)
    await home.read(full=True)

    assert (once, too_early) == (before, before)
    assert await home.held() == await home.truth()
    assert await home.ask("SELECT gone_reason FROM transactions WHERE pluggy_id = $1", taken) == (
        "absent"
    )
    row = await home.ask("SELECT id::text FROM transactions WHERE pluggy_id = $1", taken)
    assert ("transactions.gone", [row]) in await home.feed()


async def test_a_row_that_was_back_in_between_has_to_be_missed_twice_anew(home: Home) -> None:
    account, row = home.account(), home.rows_of()[7]
    ledger = home.world.ledgers.account(account.id)
    assert ledger is not None
    home.world.take_back(row.id)
    await home.read(full=True)
    home.world.ledgers.add(ledger, row)
    home.hand.turn(hours=7)
    await home.read(full=True)
    home.world.take_back(row.id)
    home.hand.turn(hours=1)

    await home.read(full=True)

    assert row.id in await home.stored(account)


async def test_a_tombstone_lives_again_only_when_pluggy_has_the_row_again(home: Home) -> None:
    account, row = home.account(), home.rows_of()[7]
    ledger = home.world.ledgers.account(account.id)
    assert ledger is not None
    ours = (await home.find(row.id)).id
    home.world.take_back(row.id)
    await home.sweeps()
    await home.read(full=True)
    gone = await home.stored(account)

    home.world.ledgers.add(ledger, row)
    await home.read(full=True)

    assert row.id not in gone
    assert (await home.find(row.id)).id == ours
    assert await home.held() == await home.truth()


async def test_tombstones_are_dropped_after_400_days(home: Home) -> None:
    taken = home.rows_of()[7].id
    home.world.take_back(taken)
    await home.sweeps()
    count = "SELECT count(*) FROM transactions WHERE pluggy_id = $1"

    await home.ask("UPDATE transactions SET gone_at = gone_at - interval '399 days'"
                   " WHERE gone_at IS NOT NULL RETURNING 1")  # fmt: skip
    await home.read(full=True)
    kept = await home.ask(count, taken)
    await home.ask("UPDATE transactions SET gone_at = gone_at - interval '2 days'"
                   " WHERE gone_at IS NOT NULL RETURNING 1")  # fmt: skip
    await home.read(full=True)

    assert (kept, await home.ask(count, taken)) == (1, 0)


def _empty(home: Home) -> None:
    body: dict[str, object] = {"results": [], "next": None}
    home.world.faults.add(
        Fault(path="/v2/transactions", effect="status", status=200, body=body, count=None)
    )


def _revoked(home: Home) -> None:
    home.world.consents.revoke(home.world.state.items[home.item])


def _partial(home: Home) -> None:
    home.world.state.items[home.item].execution_status = "PARTIAL_SUCCESS"
    home.world.take_back(home.rows_of()[3].id)


def _outdated(home: Home) -> None:
    home.world.state.items[home.item].status = "OUTDATED"
    home.world.take_back(home.rows_of()[3].id)


@pytest.mark.parametrize("happen", [_empty, _revoked, _partial, _outdated])
async def test_what_proves_nothing_removes_nothing(
    home: Home, happen: Callable[[Home], None]
) -> None:
    before = await home.held()
    happen(home)

    for _ in range(4):
        await home.read(full=True)
        home.hand.turn(hours=13)

    assert await home.held() == before


async def test_a_list_that_is_cut_short_removes_nothing(home: Home) -> None:
    before = await home.held()

    for _ in range(3):
        account = home.world.state.items[home.item].accounts[0]
        page = [transaction_shape(row) for row in account.transactions[:9]]
        cut = Fault(path="/v2/transactions", effect="status", status=200,
                    body={"results": page, "next": None})  # fmt: skip
        home.world.faults.add(cut)
        await home.read(full=True)
        home.hand.turn(hours=7)
        assert cut.fired == 1

    assert await home.held() == before
    assert await home.app.removals.list() == []


async def test_a_removal_of_many_rows_waits_for_the_operator(home: Home) -> None:
    account = home.account("CREDIT_CARD")
    going = max(21, len(account.transactions) // 20 + 1)
    taken = [one.id for one in account.transactions[:going]]
    before = await _live(home)
    for one in taken:
        home.world.take_back(one)

    await home.sweeps()
    home.hand.turn(hours=7)
    await home.read(full=True)
    waiting = [one for one in await home.app.removals.list() if one.state == "waiting"]

    assert await _live(home) == before
    assert [(one.account_id, one.rows) for one in waiting] == [(account.id, going)]
    assert await home.ask("SELECT count(*) FROM audit WHERE action = 'removal_waits'") == 1

    assert await home.app.removals.approve(waiting[0].id) == going
    assert await home.held() == await home.truth()
    with pytest.raises(NotFoundError):
        await home.app.removals.refuse(waiting[0].id)


async def test_rows_the_operator_keeps_stay_and_are_not_asked_about_again(home: Home) -> None:
    account = home.account("CREDIT_CARD")
    going = max(21, len(account.transactions) // 20 + 1)
    for one in list(account.transactions[:going]):
        home.world.take_back(one.id)
    before = await _live(home)
    await home.sweeps()
    (waiting,) = await home.app.removals.list()

    await home.app.removals.refuse(waiting.id)
    for _ in range(3):
        home.hand.turn(hours=7)
        await home.read(full=True)

    assert await _live(home) == before
    assert [one.state for one in await home.app.removals.list()] == ["refused"]


async def test_a_removal_lapses_when_the_rows_are_back(home: Home) -> None:
    account = home.account("CREDIT_CARD")
    ledger = home.world.ledgers.account(account.id)
    assert ledger is not None
    rows = list(account.transactions)
    for row in rows:
        home.world.take_back(row.id)
    await home.sweeps()
    waiting = [one.state for one in await home.app.removals.list()]

    for row in rows:
        home.world.ledgers.add(ledger, row)
    await home.read(full=True)

    assert waiting == ["waiting"]
    assert [one.state for one in await home.app.removals.list()] == ["lapsed"]
    with pytest.raises(NotFoundError):
        await home.app.removals.approve(UUID(int=7))


def test_twenty_rows_or_five_in_a_hundred_go_by_themselves_but_never_all() -> None:
    asked = [
        needs_approval(going=going, live=live)
        for going, live in ((20, 100), (21, 100), (50, 1000), (51, 1000), (5, 5), (4, 5), (0, 0))
    ]

    assert asked == [False, True, False, True, True, False, True]
