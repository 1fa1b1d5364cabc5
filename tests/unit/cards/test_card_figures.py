"""Figures with names, limits once."""

from datetime import date

import pytest

from tests.unit.cards.making import a_bill, a_side
from tomada.domain.bill_payments import match
from tomada.domain.card_figures import paid_of
from tomada.domain.card_limits import CardLimit, limit_groups
from tomada.domain.ids import AccountId, ItemId

BILL = a_bill(10_000)


def a_limit(
    name: str, limit: int | None = 5_000, left: int | None = 1_234, **more: object
) -> CardLimit:
    fields = {"account_id": AccountId(name), "item_id": ItemId("item"), "currency": "BRL",
              "limit_minor": limit, "available_minor": left, "number": name, **more}  # fmt: skip
    return CardLimit(**fields)  # type: ignore[arg-type]


def test_three_cards_on_one_limit_count_once() -> None:
    (group,) = limit_groups([a_limit("1"), a_limit("2"), a_limit("3")])

    assert group.account_ids == ("1", "2", "3")
    assert (group.limit_minor, group.available_minor) == (5_000, 1_234)
    assert (group.evidence, group.certain) == ("equal", True)


@pytest.mark.parametrize(
    "second",
    [
        a_limit("2", holder="ADDITIONAL", left=9),
        a_limit("2", limit=None, other_numbers=frozenset({"1"})),
    ],
)
def test_an_additional_or_virtual_card_is_on_the_limit_of_its_own(second: CardLimit) -> None:
    (group,) = limit_groups([a_limit("1"), second])

    assert group.evidence == "bank"
    assert group.limit_minor == 5_000
    assert group.available_minor == min(1_234, second.available_minor or 1_234)


@pytest.mark.parametrize(
    "second",
    [a_limit("2", left=1_235), a_limit("2", limit=6_000), a_limit("2", item_id=ItemId("other")),
     a_limit("2", left=None), a_limit("2", currency="USD")],
)  # fmt: skip
def test_limits_that_differ_are_two(second: CardLimit) -> None:
    assert len(limit_groups([a_limit("1"), second])) == 2


def test_equal_limits_of_which_nothing_is_used_may_be_chance() -> None:
    (group,) = limit_groups([a_limit("1", left=5_000), a_limit("2", left=5_000)])

    assert (group.limit_minor, group.certain) == (5_000, False)


def test_what_was_paid_of_a_bill_and_what_is_not_known() -> None:
    paid = match([], [a_side(4_000, date(2026, 11, 5), "card")], [BILL])
    following = a_bill(1, due=date(2026, 12, 5), name="next")
    listing = a_bill(1, due=date(2026, 12, 5), name="next", paid=((date(2026, 11, 5), 10_000),))

    assert paid_of(BILL, None, paid) == (4_000, "partly")
    assert paid_of(BILL, None, []) == (0, "unpaid")
    assert paid_of(BILL, following, []) == (0, "unknown")
    assert paid_of(BILL, listing, paid) == (10_000, "paid")
