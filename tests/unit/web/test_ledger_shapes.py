import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tomada.domain.ids import AccountId, EntityId, ItemId, TransactionId
from tomada.domain.transactions import Detail, Direction, Movement, Transaction
from tomada.web.answers import encode
from tomada.web.ledger import transaction_shape

ENTITY = EntityId(UUID("0193a000-0000-7000-8000-000000000001"))


def a_transaction(
    *,
    units: int = -1250,
    currency: str = "BRL",
    direction: Direction = "DEBIT",
    merchant: str | None = None,
    balance: str | None = None,
    amount_text: str = "12.50",
    inexact: bool = False,
) -> Transaction:
    instant = datetime(2026, 11, 23, 3, tzinfo=UTC)
    return Transaction(
        id=TransactionId(UUID("0193a000-0000-7000-8000-000000000002")),
        item_id=ItemId("item"),
        movement=Movement(
            account_id=AccountId("account"),
            pluggy_id="pluggy",
            day=date(2026, 11, 23),
            instant=instant,
            direction=direction,
            signed_minor=units,
            currency=currency,
            status="POSTED",
            order=0,
            created_upstream=instant,
            conflicting=False,
            untyped=False,
            inexact=inexact,
            detail=Detail(
                description="PADARIA AURORA",
                merchant=merchant,
                category=None,
                category_id=None,
                payment_method="PIX",
                balance=balance,
                amount_text=amount_text,
                installment=None,
            ),
        ),
        first_seen_at=instant,
        gone_at=None,
    )


def shown(transaction: Transaction) -> dict[str, Any]:
    text = encode(
        transaction_shape(transaction, entity_id=ENTITY, fresh={}, today=date(2026, 11, 26))
    )
    read: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return read


def test_an_amount_is_a_number_with_all_its_places() -> None:
    text = encode(
        transaction_shape(a_transaction(), entity_id=ENTITY, fresh={}, today=date(2026, 11, 26))
    ).decode()

    assert '"amount":12.50,"signedAmount":-12.50,"amountMinor":1250' in text
    assert '"date":"2026-11-23T03:00:00Z","day":"2026-11-23"' in text


@pytest.mark.parametrize(
    ("units", "currency", "amount"),
    [
        (-1, "BRL", "0.01"),
        (0, "BRL", "0.00"),
        (9_007_199_254_740_993, "BRL", "90071992547409.93"),
        (-1234, "JPY", "1234"),
        (1234, "BHD", "1.234"),
    ],
)
def test_the_places_are_those_of_the_currency(units: int, currency: str, amount: str) -> None:
    row = shown(a_transaction(units=units, currency=currency))

    assert str(row["amount"]) == amount
    assert row["amountMinor"] == abs(units)


def test_the_merchant_is_the_description_where_there_is_none() -> None:
    assert shown(a_transaction())["merchant"] == "PADARIA AURORA"
    assert shown(a_transaction(merchant="Aurora"))["merchant"] == "Aurora"


def test_a_rounded_amount_says_so_and_shows_what_was_sent() -> None:
    row = shown(a_transaction(amount_text="12.505", inexact=True))

    assert (row["rounded"], row["metadata"]["amountText"]) == (True, "12.505")


@pytest.mark.parametrize(
    ("text", "balance"),
    [
        ("100.10", Decimal("100.10")),
        ("-3", -3),
        (None, None),
        ("", None),
        ("NaN", None),
        ("Infinity", None),
        ("12,50", None),
        ("1" * 41, None),
    ],
)
def test_the_banks_own_balance_is_a_number_or_nothing(text: str | None, balance: object) -> None:
    assert shown(a_transaction(balance=text))["metadata"]["balance"] == balance
