"""A bill adds up to the cent, or shows by how much it does not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cards.making import a_bill, a_charge, an_entry
from tomada.domain.bills import Bill
from tomada.domain.card_lines import LineKind
from tomada.domain.statements import Entry, outlook, state

LONG_AGO = date(2025, 1, 1)
TODAY = date(2026, 11, 20)
DEBITS = st.tuples(
    st.integers(1, 10**6),
    st.sampled_from(["purchase", "credit_operation", "fee", "interest", "tax"]),
)
CREDITS = st.tuples(st.integers(-(10**6), -1), st.sampled_from(["refund", "cashback", "credit"]))


@given(
    st.lists(DEBITS | CREDITS, max_size=20),
    st.lists(st.integers(1, 10**5), max_size=4),
    st.integers(-500, 500),
)
def test_lines_plus_charges_less_credits_and_the_difference_are_the_total(
    rows: list[tuple[int, LineKind]], charges: list[int], off: int
) -> None:
    fines = tuple(a_charge("OTHER", 10**7 + minor) for minor in charges)
    true = sum(minor for minor, _ in rows) + sum(one.amount_minor or 0 for one in fines)
    bill = a_bill(true + off, charges=fines)

    found = state(bill, [an_entry(m, k) for m, k in rows], before=None, first_day=LONG_AGO)

    assert found.difference_minor == off
    assert found.lines_minor + found.charges_minor - found.credits_minor + off == bill.total_minor
    assert (found.reason is None) == (off == 0)


def test_a_finance_charge_that_is_a_line_too_counts_once() -> None:
    charges = (a_charge("IOF", 51), a_charge("LATE_PAYMENT_FEE", 200))

    found = state(
        a_bill(10_251, charges=charges),
        [an_entry(10_000), an_entry(51, "tax")],
        before=None,
        first_day=LONG_AGO,
    )

    assert found.difference_minor == 0
    assert [one.type for one in found.charges] == ["LATE_PAYMENT_FEE"]
    assert found.charges_minor == 251


def test_a_payment_among_the_lines_is_no_credit_of_the_bill() -> None:
    found = state(
        a_bill(10_000), [an_entry(10_000), an_entry(-7_000, "payment")],
        before=None, first_day=LONG_AGO,
    )  # fmt: skip

    assert found.difference_minor == 0
    assert found.credits_minor == 0
    assert [one.amount_minor for one in found.payments] == [-7_000]


def test_lines_of_another_bill_or_currency_are_not_added() -> None:
    found = state(
        a_bill(10_000),
        [
            an_entry(10_000),
            an_entry(1, bill="other"),
            an_entry(2, bill=None),
            an_entry(500, currency="USD"),
        ],
        before=None,
        first_day=LONG_AGO,
    )

    assert found.lines_minor == 10_000


@pytest.mark.parametrize(
    ("bill", "before", "first", "entries", "reason"),
    [
        (a_bill(12_000, paid=((date(2026, 10, 5), 8_000),)), a_bill(10_000, name="before"),
         LONG_AGO, [an_entry(10_000)], "carried_over"),
        (a_bill(3_000, paid=((date(2026, 10, 5), 7_000),)), None, LONG_AGO, [an_entry(10_000)],
         "payments_deducted"),
        (a_bill(3_000), None, LONG_AGO, [an_entry(10_000), an_entry(-7_000, "payment")],
         "payments_deducted"),
        (a_bill(12_000), None, date(2026, 10, 1), [an_entry(10_000)], "before_history"),
        (a_bill(12_000), None, LONG_AGO, [an_entry(10_000), an_entry(4, currency="USD")],
         "other_currency"),
        (a_bill(12_000), None, LONG_AGO, [an_entry(10_000)], "unknown"),
        (a_bill(9_000), None, date(2026, 10, 1), [an_entry(10_000)], "unknown"),
    ],
)  # fmt: skip
def test_a_difference_names_its_likeliest_reason(
    bill: Bill, before: Bill | None, first: date, entries: list[Entry], reason: str
) -> None:
    found = state(bill, entries, before=before, first_day=first)

    assert found.difference_minor != 0
    assert found.reason == reason


def test_forecasts_are_kept_apart_and_replaced_by_the_bill() -> None:
    november, december = date(2026, 12, 1), date(2027, 1, 1)
    expected = an_entry(500, bill=None, month=november, status="PENDING")
    later = an_entry(700, bill=None, month=december, status="PENDING")
    billed = an_entry(900, month=november)

    found = outlook([expected, later, billed], [a_bill(900)], today=TODAY)

    assert (found.open.month, found.open.amount_minor) == (november, 500)
    assert [(one.month, one.amount_minor) for one in found.coming] == [(december, 700)]
    assert found.unplaced == ()


def test_what_names_no_bill_is_unplaced_and_no_cycle_is_guessed() -> None:
    posted = an_entry(100, bill=None)
    missed = an_entry(200, bill=None, month=date(2026, 11, 1), status="PENDING")
    strange = an_entry(300, bill="never seen")

    found = outlook([posted, missed, strange], [a_bill(900)], today=TODAY)

    assert set(found.unplaced) == {posted, missed, strange}
    assert found.open.entries == ()


def test_a_refund_after_the_bill_closed_lowers_the_open_one() -> None:
    bought = an_entry(1_000)
    back = an_entry(-1_000, "refund", bill=None, month=date(2026, 12, 1), status="PENDING")

    found = outlook([bought, back], [a_bill(1_000)], today=TODAY)

    assert found.open.amount_minor == -1_000
    assert (
        state(a_bill(1_000), [bought, back], before=None, first_day=LONG_AGO).difference_minor == 0
    )


def test_pending_rows_without_a_month_are_on_the_open_bill_once_their_day_has_come() -> None:
    now = an_entry(100, bill=None, status="PENDING", day=TODAY)
    coming = an_entry(200, bill=None, status="PENDING", day=date(2026, 12, 20))
    payment = an_entry(-300, "payment", bill=None)

    found = outlook([now, coming, payment], [], today=TODAY)

    assert found.open.entries == (now,)
    assert [one.entries for one in found.coming] == [(coming,)]


def test_a_bill_that_is_listed_before_it_closes_is_still_the_open_one() -> None:
    growing = a_bill(500, closing=date(2026, 11, 28), due=date(2026, 12, 5), name="next")
    line = an_entry(500, bill="next")

    found = outlook([line], [growing, a_bill(900)], today=TODAY)

    assert found.open.entries == (line,)
