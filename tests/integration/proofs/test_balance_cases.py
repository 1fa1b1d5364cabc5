"""The balance proof through a run: nothing on clean ledgers, every injected fault with its cause."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.proofs.conftest import Connect, Proven
from tomada.simulator.balances import shift
from tomada.simulator.records import TransactionRecord

_KEEP = "SELECT to_jsonb(t)::text FROM transactions t WHERE pluggy_id = $1"
_AWAY = "DELETE FROM transactions WHERE pluggy_id = $1 RETURNING signed_minor"
_BACK = (
    "INSERT INTO transactions SELECT * FROM jsonb_populate_record(NULL::transactions, $1::jsonb)"
)
_TURN = (
    "UPDATE transactions SET signed_minor = -signed_minor, conflicting = true"
    " WHERE pluggy_id = $1 RETURNING -2 * signed_minor"
)
_REDATE = (
    "UPDATE transactions SET changed_at = now(), day = (SELECT first_day FROM balance_anchors"
    " WHERE account_id = transactions.account_id) - 1"
    " WHERE pluggy_id = $1 RETURNING signed_minor"
)
SPOILS = {"missing_rows": _AWAY, "direction": _TURN, "date_window": _REDATE}
"""What spoils a row of ours, and gives what the bank then reports beyond our rows."""


@pytest.mark.parametrize("running_balances", [True, False])
async def test_every_fault_is_flagged_with_its_cause_and_closes_by_itself(
    connected: Connect, *, running_balances: bool
) -> None:
    proven = await connected(running_balances=running_balances)
    rng = random.Random(int(running_balances))
    waiting = {one.amount for one in proven.account().transactions if one.status == "PENDING"}
    await proven.read()
    assert await proven.cases() == []

    for round_number in range(1, 10):
        cause = list(SPOILS)[round_number % len(SPOILS)]
        # A missing row of a pending one's amount looks like it, unless running balances tell.
        rows = [one.id for one in proven.posted() if one.amount not in waiting]
        place = rng.randrange(len(rows))
        kept = await proven.execute(_KEEP, rows[place])
        difference = await proven.execute(SPOILS[cause], rows[place])

        await proven.read()
        (case,) = await proven.open_cases()
        await proven.execute(_AWAY, rows[place])
        await proven.execute(_BACK, kept)
        await proven.read()

        assert (case.account_id, case.cause) == (proven.account_id, cause)
        assert case.difference_minor == difference
        located = case.after is not None or case.before is not None
        assert located == (running_balances and cause == "missing_rows") or cause != "missing_rows"
        assert await proven.open_cases() == []
        assert len(await proven.cases()) == round_number


async def test_a_row_that_came_twice_is_named_a_duplicate(connected: Connect) -> None:
    proven = await connected()
    world = proven.tomada.simulator.world
    for row in random.Random(3).sample(proven.posted(), 5):
        found = world.ledgers.row(row.id)
        assert found is not None
        now = world.settings.clock()
        again = replace(row, id=world.ids.new("transaction"), created_at=now)
        world.ledgers.add(found[0], again)

        await proven.read()
        (case,) = await proven.open_cases()
        world.ledgers.remove(found[0], again)
        await proven.execute(_AWAY, again.id)
        await proven.read()

        assert (case.cause, case.difference_minor) == ("duplicate", -int(row.amount.scaleb(2)))
        assert await proven.open_cases() == []


async def test_a_row_that_comes_after_its_balance_is_late_and_closes_its_case(
    connected: Connect,
) -> None:
    proven = await connected()
    world = proven.tomada.simulator.world
    row = world.pix_out(proven.item, amount=Decimal(150))
    found = world.ledgers.row(row.id)
    assert found is not None
    world.ledgers.remove(*found)
    item = world.state.items[proven.item]
    behind: dict[str, Any] = {"isUpdated": False, "lastUpdatedAt": None, "warnings": []}
    item.status_detail = {**(item.status_detail or {}), "transactions": behind}

    await proven.read()
    (case,) = await proven.open_cases()
    world.ledgers.add(*found)
    item.status_detail = None
    await proven.read()

    assert (case.cause, case.difference_minor) == ("late_rows", -15_000)
    (closed,) = await proven.cases()
    assert closed.id == case.id
    assert closed.closed_at is not None


async def test_a_pending_row_that_the_balance_counts_is_named_as_the_cause(
    connected: Connect,
) -> None:
    proven = await connected()
    row = next(one for one in proven.account().transactions if one.status == "PENDING")
    shift(proven.account(), row.amount)

    await proven.read()

    (case,) = await proven.open_cases()
    assert case.cause == "pending_counted"
    assert case.difference_minor == int(row.amount.scaleb(2))


async def test_yield_without_a_row_is_named_and_swept_money_is_no_difference(
    connected: Connect,
) -> None:
    proven = await connected()
    account = proven.account()
    swept = account.balance
    shift(account, -swept)
    account.bank_data = {**(account.bank_data or {}), "automaticallyInvestedBalance": swept}
    await proven.read()
    assert await proven.cases() == []

    account.bank_data["automaticallyInvestedBalance"] = swept + Decimal("0.37")
    shift(account, Decimal("0.01"))
    await proven.read()

    (case,) = await proven.open_cases()
    assert (case.cause, case.difference_minor) == ("investment", 38)


async def test_a_gap_of_the_first_reading_is_seen_by_running_balances_and_located(
    connected: Connect,
) -> None:
    def lose(proven: Proven) -> None:
        ledgers = proven.tomada.simulator.world.ledgers
        found = ledgers.row(proven.posted()[40].id)
        assert found is not None
        ledgers.remove(*found)

    proven = await connected(before=lose)

    (case,) = await proven.open_cases()

    rows = proven.posted()
    assert case.cause == "missing_rows"
    after = await proven.execute("SELECT pluggy_id FROM transactions WHERE id = $1", case.after)
    before = await proven.execute("SELECT pluggy_id FROM transactions WHERE id = $1", case.before)
    places = [one.id for one in rows]
    assert places.index(before) - places.index(after) == 1
    assert (proven.posted()[39].date - rows[places.index(after)].date) < timedelta(days=2)


async def test_history_that_comes_late_moves_the_anchor_and_opens_no_case(
    connected: Connect,
) -> None:
    late: list[TransactionRecord] = []

    def hide(proven: Proven) -> None:
        account = proven.account()
        rows = sorted(account.transactions, key=lambda row: row.date)
        late.extend(row for row in rows if row.date <= rows[0].date + timedelta(days=90))
        account.transactions[:] = [row for row in rows if row not in late]

    proven = await connected(running_balances=False, before=hide)
    anchor = (await proven.tomada.app.proofs.anchors(proven.entity))[proven.account_id]
    world = proven.tomada.simulator.world
    proven.account().transactions.extend(late)
    world.ledgers.open(world.state.items[proven.item], [proven.account()])

    await proven.read(full=True)
    moved = (await proven.tomada.app.proofs.anchors(proven.entity))[proven.account_id]

    assert await proven.cases() == []
    assert (anchor.first_day - moved.first_day).days in range(85, 95)
    assert moved.opening_minor != anchor.opening_minor
    world.post(proven.item, kind="pix_in", account_id=proven.account_id)
    await proven.read()
    assert await proven.cases() == []


async def test_a_reading_in_which_nothing_happened_writes_no_proof(connected: Connect) -> None:
    proven = await connected()
    await proven.read()
    version = "SELECT string_agg(xmin::text, ',' ORDER BY account_id) FROM balance_anchors"
    before = await proven.execute(version)
    log = proven.tomada.simulator.world.recorder.log
    log.clear()

    await proven.read()

    assert await proven.execute(version) == before
    assert [one.path for one in log].count("/accounts") == 1
