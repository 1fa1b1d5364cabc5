"""PIX codes and tax numbers are read as everybody else reads them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tomada.simulator.payments.codes import PixCode, _checksum, pix_code, read_pix_code
from tomada.simulator.payments.documents import is_cnpj, is_cpf, masked

AMOUNTS = st.decimals(min_value="0.01", max_value="999999", places=2)


@given(amount=st.none() | AMOUNTS, name=st.text("ABC XYZ", min_size=1, max_size=25))
def test_a_code_says_what_was_written_into_it(amount: Decimal | None, name: str) -> None:
    code = pix_code(key="loja@example.com", name=name, amount=amount)

    assert read_pix_code(code) == PixCode(name, amount)


@given(place=st.integers(0, 60), sign=st.sampled_from("0123456789ABCXYZ"))
def test_a_code_with_one_sign_changed_is_no_code(place: int, sign: str) -> None:
    code = pix_code(key="loja@example.com", name="LOJA", amount=Decimal("12.30"))
    changed = code[:place] + sign + code[place + 1 :]

    assert changed == code or read_pix_code(changed) is None


def test_the_checksum_is_the_one_that_was_agreed() -> None:
    # The check value of CRC-16 with this polynomial and start, over "123456789", is 29B1.
    assert _checksum("123456789") == "29B1"


@pytest.mark.parametrize("text", ["", "0002", "00020", "000299999", "x" * 40, "00020126"])
def test_other_texts_are_no_codes(text: str) -> None:
    assert read_pix_code(text) is None


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("529.982.247-25", True),
        ("52998224725", True),
        ("52998224726", False),
        ("11111111111", False),
        ("5299822472", False),
    ],
)
def test_a_cpf_has_its_check_digits(number: str, *, right: bool) -> None:
    assert is_cpf(number) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [("11.222.333/0001-81", True), ("11222333000180", False), ("00000000000000", False)],
)
def test_a_cnpj_has_its_check_digits(number: str, *, right: bool) -> None:
    assert is_cnpj(number) is right


def test_a_masked_number_shows_its_middle_only() -> None:
    assert masked("52998224725") == "***.982.247-**"
    assert masked("11222333000181") == "**.222.333/0001-**"
