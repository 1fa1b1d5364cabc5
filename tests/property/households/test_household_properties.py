"""What holds for every household, on every day of the year."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.simulator_households.truth import (
    a_bank,
    cards,
    charges,
    lines,
    owed,
    posted_sum,
    value,
)
from tomada.simulator.households.bank_days import add_months
from tomada.simulator.records import BankRecord

BRASILIA = timedelta(hours=-3)


@st.composite
def banks(draw: st.DrawFn) -> tuple[BankRecord, date, datetime]:
    today = draw(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
    moment = draw(st.times())
    now = datetime.combine(today, moment, tzinfo=UTC) - BRASILIA
    bank = a_bank(
        seed=draw(st.integers(0, 10_000)),
        connector_id=draw(st.sampled_from([0, 1, 2, 6, 600, 613, 614, 615, 620])),
        user=draw(
            st.sampled_from(
                [
                    "user-ok",
                    "user-ok-two-checking-accounts",
                    "user-ok-multi-company",
                    "user-ok-perf-1x",
                ]
            )
        ),
        today=today,
        now=now,
    )
    return bank, today, now


@settings(max_examples=20, deadline=None)
@given(banks())
def test_totals_follow_from_the_rows(drawn: tuple[BankRecord, date, datetime]) -> None:
    bank, _, _ = drawn

    for one in bank.accounts:
        if one.type == "BANK":
            assert one.opening_balance + posted_sum(one) == one.balance
    for card in cards(bank):
        assert owed(card) == card.balance
        for bill in card.bills:
            assert sum(map(value, lines(card, bill)), charges(bill)) == bill.total_amount
            assert bill.total_amount > 0


@settings(max_examples=12, deadline=None)
@given(banks())
def test_rows_stay_within_twelve_months(drawn: tuple[BankRecord, date, datetime]) -> None:
    bank, today, now = drawn
    first = add_months(today, -12)

    for one in bank.accounts:
        ahead = [row for row in one.transactions if row.date > now]
        assert len(ahead) <= 1
        assert all(row.status == "PENDING" for row in ahead)
        for row in one.transactions:
            assert row.date >= datetime.combine(first, time(0), tzinfo=UTC)


@settings(max_examples=12, deadline=None)
@given(banks())
def test_rows_are_in_order_and_told_apart(drawn: tuple[BankRecord, date, datetime]) -> None:
    bank, _, _ = drawn

    for one in bank.accounts:
        places = [(row.date, row.order) for row in one.transactions]
        assert places == sorted(places)
    regulated = [
        row.provider_id for one in bank.accounts for row in one.transactions if row.provider_id
    ]
    assert len(set(regulated)) == len(regulated)


@settings(max_examples=12, deadline=None)
@given(banks())
def test_amounts_have_two_places_and_signs_follow_the_account(
    drawn: tuple[BankRecord, date, datetime],
) -> None:
    bank, _, _ = drawn

    for one in bank.accounts:
        for row in one.transactions:
            assert row.amount == row.amount.quantize(Decimal("0.01")) != 0
            assert (row.type == "DEBIT") == ((row.amount < 0) == (one.type == "BANK"))
