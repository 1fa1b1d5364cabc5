"""What a balance proves, and what it says when it does not."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tomada.domain.proofs import (
    Anchor,
    Evidence,
    Reported,
    Sums,
    anchored,
    differences,
    likely_cause,
    widened,
)

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ANCHOR = Anchor(date(2025, 11, 2), AT, Reported(100_000), rows_minor=30_000)
NOTHING = Evidence(rows_current=True)


def sums(rows_minor: int, *, future: int = 0, mixed: bool = False) -> Sums:
    return Sums(rows_minor, future, date(2025, 11, 1), mixed)


def test_the_opening_figure_is_what_the_rows_do_not_explain() -> None:
    assert ANCHOR.opening_minor == 70_000


def test_a_balance_that_moves_with_the_rows_is_proven() -> None:
    assert differences(ANCHOR, Reported(100_000), sums(30_000)) == ()
    assert differences(ANCHOR, Reported(95_000), sums(25_000)) == ()


def test_what_the_bank_reports_beyond_the_rows_is_the_difference() -> None:
    assert differences(ANCHOR, Reported(95_000), sums(30_000)) == (-5_000,)


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        # Swept into the automatic investment without a row, and with one.
        (Reported(0, invested_minor=100_000), 0),
        (Reported(0, invested_minor=100_000), -100_000),
        # Put into a pot without a row, and with one.
        (Reported(60_000, reserved_minor=40_000), 0),
        (Reported(60_000, reserved_minor=40_000), -40_000),
        # Interest grows where it lies; the sweep itself was a row.
        (Reported(0, invested_minor=100_123), -100_000),
    ],
)
def test_money_that_was_swept_or_set_aside_is_still_there(now: Reported, moved: int) -> None:
    assert differences(ANCHOR, now, sums(30_000 + moved)) == ()


def test_what_is_blocked_is_still_in_the_closing_balance() -> None:
    anchor = replace(ANCHOR, reported=Reported(100_000, closing_minor=100_000))

    assert differences(anchor, Reported(80_000, closing_minor=100_000), sums(30_000)) == ()
    assert differences(anchor, Reported(80_000, closing_minor=99_000), sums(30_000)) != ()


def test_a_posted_row_of_tomorrow_counts_now_or_then() -> None:
    assert differences(ANCHOR, Reported(100_000), sums(30_000, future=-500)) == ()
    assert differences(ANCHOR, Reported(99_500), sums(30_000, future=-500)) == ()
    assert differences(ANCHOR, Reported(99_000), sums(30_000, future=-500)) == (-1_000,)


def test_the_anchor_waits_for_rows_dated_in_the_future_and_for_one_currency() -> None:
    first = date(2025, 11, 2)

    assert anchored(Reported(1), sums(0, future=5), first, at=AT, opening=None) is None
    assert anchored(Reported(1), sums(0, mixed=True), first, at=AT, opening=None) is None
    assert anchored(Reported(9), sums(4), first, at=AT, opening=None) == Anchor(
        first, AT, Reported(9), 4
    )


def test_a_row_that_is_missing_from_the_first_reading_is_seen_by_the_running_balances() -> None:
    first = date(2025, 11, 2)

    anchor = anchored(Reported(100_000), sums(30_000), first, at=AT, opening=72_500)

    assert anchor is not None
    assert anchor.opening_minor == 72_500
    assert differences(anchor, Reported(100_000), sums(30_000)) == (-2_500,)
    assert differences(anchor, Reported(100_000), sums(27_500)) == ()


def test_history_that_comes_late_moves_the_opening_figure_and_nothing_else() -> None:
    moved = widened(ANCHOR, date(2025, 9, 1), older_minor=-8_000)

    assert moved.opening_minor == ANCHOR.opening_minor + 8_000
    assert differences(moved, Reported(95_000), sums(17_000)) == ()


@pytest.mark.parametrize(
    ("found", "evidence", "cause"),
    [
        ([-5_000], NOTHING, "missing_rows"),
        ([-5_000], Evidence(rows_current=False), "late_rows"),
        ([5_000], replace(NOTHING, doubled=[-5_000]), "duplicate"),
        ([5_000], replace(NOTHING, doubtful=[-2_500]), "direction"),
        ([-5_000], replace(NOTHING, pending=[-5_000]), "pending_counted"),
        ([-5_000], replace(NOTHING, pending=[-3_000, -2_000]), "pending_counted"),
        ([-5_000], replace(NOTHING, outside=[-5_000, 12]), "date_window"),
        ([700], replace(NOTHING, aside_minor=50_000), "investment"),
        ([7_000], replace(NOTHING, aside_minor=50_000), "missing_rows"),
        ([-700], replace(NOTHING, aside_minor=50_000), "missing_rows"),
        ([-5_000], replace(NOTHING, mixed=True, pending=[-5_000]), "unknown"),
    ],
)
def test_the_likely_cause_is_the_one_whose_amount_fits(
    found: list[int], evidence: Evidence, cause: str
) -> None:
    assert likely_cause(found, evidence) == (cause, found[0])


def test_the_sense_that_a_cause_explains_gives_the_difference() -> None:
    evidence = replace(NOTHING, doubled=[-5_000])

    assert likely_cause([95_000, 5_000], evidence) == ("duplicate", 5_000)
