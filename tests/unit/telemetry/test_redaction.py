from collections import Counter

import pytest

from tests.unit.telemetry.samples import FALSE, TRUE, samples
from tomada.telemetry.redaction import is_card, is_cnpj, is_cpf, redacted

MANY = 20_000


def test_what_identifies_somebody_or_opens_something_is_blacked_out() -> None:
    missed = Counter(
        kind for kind, value, line in samples(TRUE, MANY) if value.strip() in redacted(line)
    )

    assert missed.total() <= MANY // 1000, missed


def test_what_does_not_stays_as_it_is() -> None:
    touched = Counter(kind for kind, _, line in samples(FALSE, MANY) if redacted(line) != line)

    assert touched.total() <= MANY // 200, touched


def test_what_stands_around_it_stays() -> None:
    line = "ana@example.com paid 529.982.247-25 from conta 12345-6 with 4111 1111 1111 1111"

    assert redacted(line) == "[email] paid [cpf] from conta [account] with [card]"


@pytest.mark.parametrize("number", ["52998224725", "11144477735"])
def test_a_cpf_ends_in_its_check_digits(number: str) -> None:
    assert is_cpf(number)
    assert not is_cpf(number[:-1] + "0")
    assert not is_cpf("1" * 11)


@pytest.mark.parametrize("number", ["11222333000181", "12ABC34501DE35"])
def test_a_cnpj_may_have_letters_and_ends_in_its_check_digits(number: str) -> None:
    assert is_cnpj(number)
    assert not is_cnpj(number[:-1] + str((int(number[-1]) + 1) % 10))


def test_a_card_has_a_length_and_passes_luhn() -> None:
    assert is_card("4111111111111111")
    assert not is_card("4111111111111112")
    assert not is_card("0")


def test_a_long_text_is_looked_through_once() -> None:
    hostile = "1" * 50_000 + "a@" * 25_000

    assert len(redacted(hostile)) == len(hostile)
