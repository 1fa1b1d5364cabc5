"""Purchases in instalments: with and without totals, over several bills, paid early, unknown."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.cards.making import a_part
from tomada.domain.instalments import series_of


def test_all_parts_make_the_price_even_where_nobody_gives_it() -> None:
    (series,) = series_of([a_part(1, minor=1_001), a_part(2), a_part(3)])

    assert (series.whole_minor, series.missing, series.state) == (3_001, (), "complete")
    assert series.evidence == "metadata"


def test_what_was_not_shown_is_missing_and_the_price_unknown() -> None:
    (series,) = series_of([a_part(2, of=10)])

    assert series.whole_minor is None
    assert series.missing == (1, 3, 4, 5, 6, 7, 8, 9, 10)
    assert series.state == "running"


def test_a_price_that_the_bank_gives_is_the_price() -> None:
    (series,) = series_of([a_part(2, of=10, whole_minor=10_003)])

    assert series.whole_minor == 10_003


def test_parts_without_a_total_are_a_series_whose_end_is_unknown() -> None:
    (series,) = series_of([a_part(1, of=None), a_part(2, of=None)])

    assert (series.of, series.missing, series.whole_minor) == (None, (), None)
    assert series.state == "unknown"


def test_a_series_spans_bills_and_says_what_is_still_to_come() -> None:
    (series,) = series_of(
        [a_part(1), a_part(2, closed=False, billed="2026-11-01"), a_part(3, closed=False)]
    )

    assert (series.billed_minor, series.to_come_minor, series.state) == (1_000, 2_000, "running")


def test_the_rest_on_one_bill_was_paid_early() -> None:
    early = date(2026, 10, 10)
    (series,) = series_of(
        [a_part(1, day=early), a_part(2, day=early, billed="b"), a_part(3, day=early, billed="b")]
    )

    assert series.state == "paid_early"


def test_two_equal_purchases_of_one_day_are_two() -> None:
    found = series_of([a_part(n) for n in (1, 1, 2, 2, 3, 3)])

    assert [len(one.parts) for one in found] == [3, 3]
    assert [one.missing for one in found] == [(), ()]


def test_parts_of_other_amounts_or_months_are_another_purchase() -> None:
    found = series_of([a_part(1), a_part(2, minor=9_000), a_part(3, day=date(2027, 5, 10))])

    assert len(found) == 3


def test_text_makes_a_series_known_by_text() -> None:
    (series,) = series_of([a_part(1), a_part(2, evidence="text")])

    assert series.evidence == "text"


@given(st.integers(2, 12), st.integers(100, 10**6), st.permutations(range(12)), st.integers(1, 3))
def test_every_part_is_in_one_series_once(
    parts: int, minor: int, order: list[int], copies: int
) -> None:
    first = date(2026, 1, 5)
    lines = [
        a_part(
            n + 1, of=parts, minor=minor, billed=str(n),
            day=date(first.year + n // 12, 1 + n % 12, 5),
        )
        for n in order if n < parts for _ in range(copies)
    ]  # fmt: skip

    found = series_of(lines)

    assert sorted(p.id for one in found for p in one.parts) == sorted(line.id for line in lines)
    assert len(found) == copies
    for one in found:
        assert [p.number for p in one.parts] == list(range(1, parts + 1))
        assert one.whole_minor == parts * minor
