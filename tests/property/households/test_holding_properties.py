"""What holds for every position and every contract, on every day."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tomada.simulator.households import holdings_for
from tomada.simulator.households.credit import contracts_of
from tomada.simulator.households.profile import relationship

DAYS = st.dates(date(2023, 1, 1), date(2031, 12, 31))
CONNECTORS = st.sampled_from([0, 1, 600, 613, 615, 620])
CENT = Decimal("0.01")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), CONNECTORS, DAYS)
def test_positions_add_up_on_any_day(seed: int, connector: int, today: date) -> None:
    held = holdings_for(seed=seed, connector_id=connector, user="user-ok", today=today)

    ids = [one.id for one in held.investments]
    assert len(ids) == len(set(ids))
    for one in held.investments:
        assert one.amount == (one.quantity * one.value).quantize(CENT)
        assert one.balance == one.amount - one.taxes - one.taxes2
        assert one.quantity >= 0
        assert 0 <= one.taxes + one.taxes2 <= one.amount
        assert all(move.day <= today for move in one.movements)
        days = [move.day for move in one.movements]
        assert days == sorted(days)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), CONNECTORS, DAYS, st.integers(0, 40))
def test_what_was_seen_once_is_seen_again_later(
    seed: int, connector: int, today: date, days: int
) -> None:
    later_day = today + timedelta(days=days)
    here = holdings_for(seed=seed, connector_id=connector, user="user-ok", today=today)
    there = holdings_for(seed=seed, connector_id=connector, user="user-ok", today=later_day)

    later = {one.id: one for one in there.investments}
    for one in here.investments:
        if one.id in later:
            assert later[one.id].movements[: len(one.movements)] == one.movements
        else:
            assert one.status == "TOTAL_WITHDRAWAL"
    assert here.identity["document"] == there.identity["document"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), DAYS)
def test_contracts_are_paid_back_in_full(seed: int, today: date) -> None:
    bank = relationship(seed=seed, connector_id=600, user="user-ok")

    for one in contracts_of(bank, today=today):
        plan = one.plan()
        assert one.start <= today
        assert sum(each.clears for each in plan) == one.principal
        assert all(each.cents >= each.clears > 0 for each in plan)
        assert 0 < one.yearly_cost() < 1
