"""Running balances: clean ledgers have no gap, and a missing row is found where it is missing."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tomada.domain.ids import TransactionId
from tomada.domain.proofs import Step, gaps, opening_of

FIRST = date(2026, 1, 1)
OPENING = st.integers(-(10**9), 10**9)
AMOUNT = st.integers(-(10**7), 10**7).filter(bool)
# Each row: days after the one before, amount, whether the bank gives a running balance.
ROWS = st.lists(st.tuples(st.integers(0, 2), AMOUNT, st.booleans()), min_size=1, max_size=25)


def ledger(opening: int, rows: list[tuple[int, int, bool]], *, told: bool = False) -> list[Step]:
    steps, balance, day = [], opening, FIRST
    for number, (later, amount, known) in enumerate(rows, start=1):
        balance += amount
        day += timedelta(days=later)
        shown = balance if known or told else None
        steps.append(Step(TransactionId(UUID(int=number)), day, amount, shown))
    return steps


@given(OPENING, ROWS)
def test_a_clean_ledger_has_no_gap(opening: int, rows: list[tuple[int, int, bool]]) -> None:
    steps = ledger(opening, rows)

    assert gaps(steps, opening=opening, closing=opening + sum(r[1] for r in rows)) == []


@given(OPENING, ROWS, st.data())
def test_a_missing_row_leaves_its_amount_open(
    opening: int, rows: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    steps = ledger(opening, rows)
    closing = opening + sum(r[1] for r in rows)
    lost = data.draw(st.integers(0, len(steps) - 1))

    found = gaps(steps[:lost] + steps[lost + 1 :], opening=opening, closing=closing)

    assert sum(gap.missing_minor for gap in found) == steps[lost].signed_minor


@given(OPENING, st.lists(AMOUNT, min_size=2, max_size=25, unique_by=abs), st.data())
def test_a_missing_row_is_found_between_its_neighbours(
    opening: int, amounts: list[int], data: st.DataObject
) -> None:
    steps = ledger(opening, [(1, amount, True) for amount in amounts])
    lost = data.draw(st.integers(0, len(steps) - 1))
    closing = opening + sum(amounts)

    (gap,) = gaps(steps[:lost] + steps[lost + 1 :], opening=opening, closing=closing)

    assert gap.after == (steps[lost - 1].id if lost else None)
    assert gap.before == (steps[lost + 1].id if lost + 1 < len(steps) else None)
    assert gap.missing_minor == steps[lost].signed_minor


@given(OPENING, st.lists(AMOUNT, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_within_a_day_does_not_matter(
    opening: int, amounts: list[int], rng: object
) -> None:
    steps = ledger(opening, [(0, amount, True) for amount in amounts])
    balances = [opening, *(s.balance_minor for s in steps)]
    shuffled = list(steps)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's Random

    found = opening_of(shuffled)

    # Where a balance comes twice, the rows alone cannot tell where the day began.
    if len(set(balances)) == len(balances):
        assert found == opening
        assert gaps(shuffled, opening=opening, closing=opening + sum(amounts)) == []
    else:
        assert found in (None, *balances)


@given(OPENING, ROWS)
def test_a_day_with_a_row_without_balance_does_not_tell_its_opening(
    opening: int, rows: list[tuple[int, int, bool]]
) -> None:
    steps = ledger(opening, [(0, amount, known) for _, amount, known in rows])

    if all(known for _, _, known in rows):
        return
    assert opening_of(steps) is None
