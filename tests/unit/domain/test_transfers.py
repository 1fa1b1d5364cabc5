"""Equal amounts in and out are a transfer only where a bank says so and nothing else fits."""

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any
from uuid import UUID

from tomada.domain.ids import TransactionId
from tomada.domain.transfers import Leg, transfers

ANA, BIA = "11122233344", "55566677788"


def a_leg(n: int, minor: int, **changes: Any) -> Leg:
    leg = Leg(
        TransactionId(UUID(int=n)), str(n), date(2026, 11, 20), minor,
        document=ANA, number="", other_document="", other_number="", code="",
    )  # fmt: skip
    return replace(leg, **changes)


def judged(*pairs: tuple[Leg, Leg]) -> list[bool]:
    return [one.automatic for one in transfers(pairs)]


def test_a_transfer_is_sure_where_a_bank_names_the_holder_the_account_or_the_payment() -> None:
    into = a_leg(2, 100, number="123456")

    assert judged((a_leg(1, -100, other_document=ANA), into)) == [True]
    assert judged((a_leg(1, -100, other_number="123456"), into)) == [True]
    assert judged((a_leg(1, -100, code="E1"), replace(into, code="E1"))) == [True]
    assert judged((a_leg(1, -100), replace(into, other_document=ANA))) == [True]


def test_without_a_word_of_the_bank_it_is_only_suggested_and_against_it_not_at_all() -> None:
    assert judged((a_leg(1, -100), a_leg(2, 100))) == [False]
    assert judged((a_leg(1, -100, other_number="56"), a_leg(2, 100, number="123456"))) == [False]
    assert judged((a_leg(1, -100, other_document=BIA), a_leg(2, 100))) == []
    assert judged((a_leg(1, -100), a_leg(2, 100, other_document=BIA))) == []


def test_many_equal_pix_of_one_day_are_nobodys_transfer() -> None:
    out = [a_leg(n, -100, other_document=ANA) for n in range(1, 4)]
    into = [a_leg(n, 100) for n in range(11, 14)]

    assert judged(*product(out, into)) == []
    assert judged(*product(out[:1], into)) == []
    named = [*into[1:], a_leg(20, 100, code="E7")]
    assert judged(*product([replace(out[0], other_document="", code="E7")], named)) == [False]
