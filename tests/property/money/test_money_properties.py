from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tomada.domain.money import Minor, from_minor, places, to_minor

CURRENCIES = st.sampled_from(["BRL", "USD", "EUR", "JPY", "CLP", "KWD", "BHD", "brl", "XYZ"])
UNITS = st.integers(min_value=-(2**63), max_value=2**63 - 1)


def _amounts(digits: int) -> st.SearchStrategy[Decimal]:
    """Decimals by their own digits, with more or fewer places than any currency has."""
    return st.builds(
        lambda sign, number, exponent: Decimal((sign, tuple(map(int, str(number))), exponent)),
        st.sampled_from([0, 1]),
        st.integers(min_value=0, max_value=10**digits),
        st.integers(min_value=-40, max_value=2),
    )


@given(UNITS, CURRENCIES)
def test_minor_units_come_back_as_they_were(units: int, currency: str) -> None:
    amount = from_minor(units, currency)

    assert to_minor(amount, currency) == Minor(units, exact=True)
    assert amount.as_tuple().exponent == -places(currency)


@given(_amounts(13), CURRENCIES)
@example(Decimal("0.0050000000000000000000000000001"), "BRL")
@example(Decimal("100.000000000000000000000000000001"), "BRL")
@example(Decimal("-0.0"), "BRL")
@example(Decimal("0.005"), "BRL")
@example(Decimal("0.015"), "BRL")
@example(Decimal("9999999999.99"), "BRL")
@example(Decimal("0.5"), "JPY")
def test_an_amount_is_rounded_half_to_even_and_says_when_it_was(
    amount: Decimal, currency: str
) -> None:
    true = Fraction(amount) * 10 ** places(currency)

    minor = to_minor(amount, currency)

    assert minor.units == round(true)
    assert minor.exact == (true.denominator == 1)


@given(_amounts(13), CURRENCIES, st.integers(min_value=1, max_value=60))
def test_nobodys_decimal_context_changes_an_amount(
    amount: Decimal, currency: str, precision: int
) -> None:
    usual = to_minor(amount, currency)
    back = from_minor(usual.units, currency)

    with localcontext() as context:
        context.prec = precision
        assert to_minor(amount, currency) == usual
        assert from_minor(usual.units, currency).as_tuple() == back.as_tuple()


@given(_amounts(13), CURRENCIES)
def test_the_sign_only_changes_the_sign(amount: Decimal, currency: str) -> None:
    plus, minus = to_minor(amount, currency), to_minor(amount.copy_negate(), currency)

    assert (plus.units, plus.exact) == (-minus.units, minus.exact)


@given(st.lists(UNITS, max_size=30), CURRENCIES)
def test_sums_are_the_same_in_units_and_in_amounts(units: list[int], currency: str) -> None:
    with localcontext() as context:
        context.prec = 60
        total = sum((from_minor(one, currency) for one in units), Decimal(0))
        assert total == Decimal(sum(units)).scaleb(-places(currency))


@pytest.mark.parametrize(
    "amount",
    ["NaN", "sNaN", "Infinity", "-Infinity", "92233720368547758.08", "-1e30", "1e999999", "1e4000"],
)
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        to_minor(Decimal(amount), "BRL")


@pytest.mark.parametrize("amount", ["1e-999999", "-1e-400", "0e-99999"])
def test_what_is_nearly_nothing_is_nothing(amount: str) -> None:
    assert to_minor(Decimal(amount), "BRL").units == 0
