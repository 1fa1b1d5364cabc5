"""One payment, two rows: with and without the card's, in parts, at several banks."""

from datetime import date, timedelta

from tests.unit.cards.making import CARD, a_bill, a_side
from tomada.domain.bill_payments import match
from tomada.domain.ids import AccountId

DUE = date(2026, 11, 5)
BILL = a_bill(125_040)


def test_a_debit_and_the_cards_payment_are_one_event_and_name_the_bill() -> None:
    debit, credit = a_side(125_040, DUE), a_side(125_040, DUE + timedelta(days=1), CARD)

    (found,) = match([debit], [credit], [BILL])

    assert (found.bank_id, found.card_id, found.bill_id) == (debit.id, credit.id, BILL.id)
    assert (found.rule, found.certain) == ("amount_and_day", True)


def test_without_the_cards_row_the_bills_total_tells() -> None:
    debit = a_side(125_040, DUE)

    (found,) = match([debit], [], [BILL])

    assert (found.card_id, found.bill_id, found.account_id) == (None, BILL.id, CARD)
    assert (found.rule, found.certain) == ("bill_total", True)


def test_without_the_cards_row_the_next_bill_lists_what_was_paid() -> None:
    debits = [a_side(100_000, DUE), a_side(25_000, DUE + timedelta(days=2))]
    following = a_bill(
        1, due=date(2026, 12, 5), closing=date(2026, 11, 28), name="next",
        paid=((DUE, 100_000), (DUE + timedelta(days=2), 25_000)),
    )  # fmt: skip

    found = match(debits, [], [BILL, following])

    assert {one.bank_id for one in found} == {one.id for one in debits}
    assert {(one.bill_id, one.rule) for one in found} == {(BILL.id, "bill_lists")}


def test_parts_that_pay_the_bill_together_are_its_payments() -> None:
    debits = [a_side(100_000, DUE), a_side(25_040, DUE + timedelta(days=2))]

    found = match(debits, [], [BILL])

    assert [(one.bill_id, one.rule) for one in found] == [(BILL.id, "parts_of_bill")] * 2


def test_partial_payments_are_paired_each_with_its_own() -> None:
    debits = [a_side(100_000, DUE), a_side(25_040, DUE)]
    answers = [a_side(25_040, DUE, CARD), a_side(100_000, DUE, CARD)]

    found = match(debits, answers, [BILL])

    assert {(one.bank_id, one.card_id) for one in found} == {
        (debits[0].id, answers[1].id), (debits[1].id, answers[0].id)
    }  # fmt: skip


def test_a_payment_from_another_bank_is_paired_as_well_and_nothing_twice() -> None:
    near, far = a_side(500, DUE, "other bank"), a_side(500, DUE + timedelta(days=3))
    cards = [a_side(500, DUE, "card"), a_side(500, DUE + timedelta(days=4), "second card")]

    found = match([far, near], cards, [])

    assert [(one.bank_id, one.card_id) for one in found] == [
        (near.id, cards[0].id), (far.id, cards[1].id)
    ]  # fmt: skip


def test_what_is_left_after_the_cards_payments_is_found_by_its_amount() -> None:
    shown, hidden = a_side(100_000, DUE), a_side(25_040, DUE + timedelta(days=1))

    found = match([shown, hidden], [a_side(100_000, DUE, CARD)], [BILL])

    assert {(one.bank_id, one.bill_id, one.rule) for one in found} == {
        (shown.id, BILL.id, "amount_and_day"), (hidden.id, BILL.id, "bill_total")
    }  # fmt: skip


def test_two_equal_payments_of_one_day_are_paired_and_not_certain() -> None:
    debits = [a_side(500, DUE), a_side(500, DUE)]
    cards = [a_side(500, DUE, "card"), a_side(500, DUE, "second card")]

    found = match(debits, cards, [])

    assert len({one.bank_id for one in found}) == 2
    assert not found[0].certain


def test_a_side_that_nothing_answers_stays_alone() -> None:
    debit, credit = a_side(500, DUE), a_side(700, DUE, CARD)

    found = match([debit], [credit], [])

    assert {(one.bank_id, one.card_id, one.rule) for one in found} == {
        (debit.id, None, "one_side"), (None, credit.id, "one_side")
    }  # fmt: skip


def test_a_debit_long_before_or_of_another_amount_is_no_answer() -> None:
    early, other = a_side(500, DUE - timedelta(days=6)), a_side(501, DUE)

    found = match([early, other], [a_side(500, DUE, CARD)], [])

    assert all(one.bank_id is None or one.card_id is None for one in found)


def test_a_payment_pays_the_latest_bill_that_had_closed_on_its_own_card() -> None:
    older = a_bill(1, due=date(2026, 10, 5), closing=date(2026, 9, 28), name="older")
    strange = a_bill(1, account=AccountId("another card"), name="strange")

    (found,) = match([], [a_side(500, DUE, CARD)], [older, BILL, strange])

    assert found.bill_id == BILL.id
