"""What counts as income and as spending."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest

from tomada.domain.ids import AccountId, TransactionId
from tomada.domain.transactions import Detail, MonthTotals
from tomada.services.months import month_totals

CHECKING, CARD = AccountId("checking"), AccountId("card")


@dataclass(frozen=True, slots=True)
class Row:
    """What sums see of a row."""

    id: TransactionId
    day: date
    account_id: AccountId
    signed_minor: int
    currency: str
    detail: Detail


def a_movement(
    minor: int,
    *,
    account: AccountId = CHECKING,
    category: str | None = None,
    operation: str | None = None,
    day: date = date(2026, 11, 5),
) -> Row:
    return Row(
        id=TransactionId(uuid4()), account_id=account, day=day, signed_minor=minor, currency="BRL",
        detail=Detail(
            description="x", merchant=None, category=None, category_id=category,
            payment_method=operation, balance=None, amount_text="1", installment=None,
        ),
    )  # fmt: skip


def november(*movements: Row, payments: tuple[Row, ...] = ()) -> MonthTotals:
    (month,) = month_totals(
        [*movements, *payments],
        cards=frozenset({CARD}),
        payments=frozenset(one.id for one in payments),
        first=date(2026, 11, 1),
        count=1,
    )
    return month


def test_salary_is_income_and_a_bill_is_spending() -> None:
    month = november(a_movement(500_000), a_movement(-12_345))

    assert (month.income_minor, month.spending_minor) == (500_000, 12_345)


def test_a_card_purchase_is_spending_when_it_is_made() -> None:
    month = november(a_movement(-65_800, account=CARD, operation="PAGAMENTO"))

    assert month.spending_minor == 65_800


def test_paying_the_card_bill_is_neither_on_either_side() -> None:
    sides = (a_movement(-65_800), a_movement(65_800, account=CARD))

    month = november(payments=sides)

    assert (month.income_minor, month.spending_minor) == (0, 0)


def test_a_purchase_in_two_parts_and_the_payment_of_its_bill_count_once() -> None:
    month = november(
        a_movement(-5_000, account=CARD),
        a_movement(-5_000, account=CARD),
        payments=(a_movement(-10_000), a_movement(10_000, account=CARD)),
    )

    assert (month.income_minor, month.spending_minor) == (0, 10_000)


def test_a_refund_on_a_card_lowers_spending() -> None:
    month = november(
        a_movement(-10_000, account=CARD, operation="PAGAMENTO"),
        a_movement(4_000, account=CARD, operation="ESTORNO"),
    )

    assert (month.income_minor, month.spending_minor) == (0, 6_000)


@pytest.mark.parametrize("category", ["04000000", "04020000", "03020000"])
def test_moving_ones_own_money_is_neither(category: str) -> None:
    month = november(a_movement(-9_900, category=category), a_movement(9_900, category=category))

    assert (month.income_minor, month.spending_minor) == (0, 0)


def test_the_yield_of_an_investment_is_income() -> None:
    assert november(a_movement(321, category="03060000")).income_minor == 321


def test_a_month_without_movements_is_there_and_other_months_are_left_out() -> None:
    outside = a_movement(-1, day=date(2026, 10, 31))

    months = month_totals(
        [outside], cards=frozenset(), payments=(), first=date(2026, 11, 1), count=3
    )

    assert [one.month for one in months] == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
    ]  # fmt: skip
    assert all(one.spending_minor == 0 for one in months)
