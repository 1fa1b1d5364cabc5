"""Whose view, which sign: every combination of account, type, sign and currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.property.normalise.wire_forms import a_transaction, an_account
from tomada.domain.errors import ProviderError
from tomada.services.normalise import movement

CENTS = st.integers(min_value=1, max_value=10**15)

# Account, type at Pluggy, sign of the amount: direction for the holder, and whether they disagree
# or there is no type to agree with.
TABLE = (
    ("BANK", "DEBIT", -1, "DEBIT", None),
    ("BANK", "CREDIT", 1, "CREDIT", None),
    ("BANK", "DEBIT", 1, "DEBIT", "conflicting"),
    ("BANK", "CREDIT", -1, "CREDIT", "conflicting"),
    ("BANK", None, -1, "DEBIT", "untyped"),
    ("BANK", None, 1, "CREDIT", "untyped"),
    ("BANK", "TRANSFER", -1, "DEBIT", "untyped"),
    ("BANK", "TRANSFER", 1, "CREDIT", "untyped"),
    ("CREDIT", "DEBIT", 1, "DEBIT", None),
    ("CREDIT", "CREDIT", -1, "CREDIT", None),
    ("CREDIT", "DEBIT", -1, "DEBIT", "conflicting"),
    ("CREDIT", "CREDIT", 1, "CREDIT", "conflicting"),
    ("CREDIT", None, 1, "DEBIT", "untyped"),
    ("CREDIT", None, -1, "CREDIT", "untyped"),
)


@pytest.mark.parametrize(("account", "kind", "sign", "direction", "doubt"), TABLE)
@given(cents=CENTS)
def test_the_type_decides_and_the_sign_decides_where_there_is_none(
    account: str, kind: str | None, sign: int, direction: str, doubt: str | None, cents: int
) -> None:
    amount = Decimal(sign * cents).scaleb(-2)

    moved = movement(a_transaction(amount=amount, type=kind), an_account(account))

    assert moved.direction == direction
    assert (moved.conflicting, moved.untyped) == (doubt == "conflicting", doubt == "untyped")
    assert moved.signed_minor == (cents if direction == "CREDIT" else -cents)
    assert not moved.inexact
    assert Decimal(moved.detail.amount_text) == amount


@pytest.mark.parametrize("kind", ["DEBIT", "CREDIT", None])
@pytest.mark.parametrize("account", ["BANK", "CREDIT"])
@pytest.mark.parametrize("zero", ["0", "0.00", "-0.0", "-0"])
def test_nothing_has_no_sign_and_contradicts_nothing(
    account: str, kind: str | None, zero: str
) -> None:
    moved = movement(a_transaction(amount=zero, type=kind), an_account(account))

    assert (moved.signed_minor, moved.conflicting) == (0, False)


@given(CENTS, CENTS, st.sampled_from([-1, 1]))
def test_a_foreign_amount_counts_in_the_accounts_currency(
    cents: int, foreign: int, sign: int
) -> None:
    one = a_transaction(
        amount=Decimal(sign * foreign).scaleb(-2),
        in_account=Decimal(sign * cents).scaleb(-2),
        type="DEBIT" if sign > 0 else "CREDIT",
        currencyCode="USD",
    )

    moved = movement(one, an_account("CREDIT"))

    assert moved.currency == "BRL"
    assert moved.signed_minor == -sign * cents


@given(
    st.integers(min_value=1, max_value=10**12),
    st.integers(min_value=1, max_value=999),
    st.integers(min_value=0, max_value=60),
)
def test_more_digits_than_the_currency_has_are_flagged_and_kept(
    whole: int, rest: int, zeros: int
) -> None:
    text = f"-{whole}.00{'0' * zeros}{rest:03}"

    moved = movement(a_transaction(amount=text), an_account("BANK"))

    assert moved.inexact
    assert moved.detail.amount_text == text


@pytest.mark.parametrize("amount", ["-99999999999999999999.00", "1e25"])
def test_an_amount_that_no_bank_can_mean_is_an_unreadable_answer(amount: str) -> None:
    with pytest.raises(ProviderError) as refused:
        movement(a_transaction(amount=amount), an_account("BANK"))

    assert refused.value.provider_code == "unreadable"


@pytest.mark.parametrize(
    ("sent", "kept"), [(None, 0), (3, 3), (10**12, 2**31 - 1), (-(10**12), -(2**31))]
)
def test_a_place_within_the_day_fits_its_column(sent: int | None, kept: int) -> None:
    assert movement(a_transaction(order=sent), an_account("BANK")).order == kept
