"""Everything a bank claims in total follows from its rows, to the cent."""

from decimal import Decimal

import pytest

from tests.unit.simulator_households.truth import (
    DIRECT,
    OPEN_FINANCE,
    a_bank,
    account,
    cards,
    charges,
    lines,
    owed,
    posted_sum,
    value,
)

BANKS = [
    (DIRECT, "user-ok"),
    (1, "user-ok"),
    (6, "user-ok"),
    (OPEN_FINANCE, "user-ok"),
    (614, "user-ok"),
    (OPEN_FINANCE, "user-ok-two-checking-accounts"),
    (DIRECT, "user-ok-multi-company"),
    (DIRECT, "user-ok-perf-2x"),
    (OPEN_FINANCE, "user-ok-perf-2x"),
]


@pytest.mark.parametrize(("connector_id", "user"), BANKS)
def test_a_bank_account_holds_its_opening_and_what_was_posted(connector_id: int, user: str) -> None:
    bank = a_bank(connector_id=connector_id, user=user)

    for one in bank.accounts:
        if one.type == "BANK":
            assert one.opening_balance + posted_sum(one) == one.balance
            assert one.bank_data is not None
            assert one.bank_data["closingBalance"] == one.balance


@pytest.mark.parametrize(("connector_id", "user"), BANKS)
def test_a_card_owes_its_opening_its_rows_and_its_charges(connector_id: int, user: str) -> None:
    bank = a_bank(connector_id=connector_id, user=user)

    for card in cards(bank):
        assert owed(card) == card.balance


@pytest.mark.parametrize(("connector_id", "user"), BANKS)
def test_a_bill_is_its_lines_and_its_charges(connector_id: int, user: str) -> None:
    bank = a_bank(connector_id=connector_id, user=user)

    for card in cards(bank):
        assert len(card.bills) >= 11
        for bill in card.bills:
            on_it = sum(map(value, lines(card, bill)), Decimal(0))
            assert on_it + charges(bill) == bill.total_amount > 0


def test_a_direct_bank_shows_the_running_balance_of_each_row() -> None:
    checking = account(a_bank(connector_id=DIRECT), "CHECKING_ACCOUNT")

    running = checking.opening_balance
    for row in checking.transactions:
        if row.status == "POSTED":
            running += row.amount
            assert row.balance == running


def test_each_transfer_to_savings_arrives_there() -> None:
    bank = a_bank()

    left = [
        -row.amount
        for row in account(bank, "CHECKING_ACCOUNT").transactions
        if row.category == "Same person transfer"
    ]
    arrived = [
        row.amount
        for row in account(bank, "SAVINGS_ACCOUNT").transactions
        if row.category == "Same person transfer"
    ]

    assert left
    assert left == arrived


def test_each_payment_of_a_bill_leaves_the_bank_and_reaches_the_card() -> None:
    bank = a_bank()
    card = account(bank, "CREDIT_CARD")

    left = [
        (row.date.date(), -row.amount)
        for row in account(bank, "CHECKING_ACCOUNT").transactions
        if row.category == "Credit card payment"
    ]
    arrived = [
        (row.date.date(), -row.amount)
        for row in card.transactions
        if row.operation_type == "PAGAMENTO_FATURA"
    ]

    assert len(arrived) >= 11
    assert left == arrived
    totals = {bill.total_amount for bill in card.bills} | {card.opening_balance}
    assert {amount for _, amount in arrived} <= totals


def test_a_bill_paid_late_is_charged_on_the_next_one() -> None:
    late = []

    for seed in range(1, 7):
        card = account(a_bank(seed=seed), "CREDIT_CARD")
        late += [(card, bill) for bill in card.bills if bill.finance_charges]

    assert late
    for card, charged in late:
        (payment,) = charged.payments
        before = card.bills[card.bills.index(charged) - 1]
        assert payment["paymentDate"] > f"{before.due_date}T23"
        assert payment["amount"] == before.total_amount


def test_the_card_says_how_much_may_still_be_spent() -> None:
    card = account(a_bank(), "CREDIT_CARD")

    limits = card.credit_data or {}

    assert Decimal(0) <= limits["availableCreditLimit"] <= limits["creditLimit"] - card.balance
    assert (
        limits["disaggregatedCreditLimits"][0]["availableAmount"] == limits["availableCreditLimit"]
    )
