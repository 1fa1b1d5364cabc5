"""Documents pass their check digits, and special logins have the accounts they promise."""

import re
from datetime import date
from random import Random

import pytest

from tests.unit.simulator_households.truth import a_bank
from tomada.simulator.households.bank import perf_size
from tomada.simulator.households.bank_days import is_bank_day, nth_bank_day
from tomada.simulator.households.people import a_cnpj, a_cpf, is_cpf


def digits(document: str) -> list[int]:
    return [int(letter) for letter in document if letter.isdigit()]


def cpf_is_right(document: str) -> bool:
    numbers = digits(document)
    for end in (9, 10):
        total = sum((end + 1 - place) * number for place, number in enumerate(numbers[:end]))
        if (total * 10) % 11 % 10 != numbers[end]:
            return False
    return len(numbers) == 11 and len(set(numbers)) > 1


def cnpj_is_right(document: str) -> bool:
    numbers = digits(document)
    for end in (12, 13):
        total = sum(
            number * (2 + place % 8) for place, number in enumerate(reversed(numbers[:end]))
        )
        if (0 if total % 11 < 2 else 11 - total % 11) != numbers[end]:
            return False
    return len(numbers) == 14


def test_invented_documents_have_right_check_digits() -> None:
    rng = Random(1)

    assert all(cpf_is_right(a_cpf(rng)) for _ in range(500))
    assert all(cnpj_is_right(a_cnpj(rng)) for _ in range(500))


@pytest.mark.parametrize(
    "wrong", ["", "11111111111", "7610927767", "76109277674", "761.092.776-73"]
)
def test_eleven_digits_are_no_cpf_without_their_checks(wrong: str) -> None:
    assert is_cpf("76109277673")
    assert not is_cpf(wrong)


def test_everybody_who_pays_or_is_paid_has_a_right_document() -> None:
    parties = [
        party
        for one in a_bank().accounts
        for row in one.transactions
        if row.payment_data
        for party in (row.payment_data["payer"], row.payment_data["receiver"])
    ]

    assert len(parties) > 200
    for party in parties:
        document = party["documentNumber"]
        right = cpf_is_right if document["type"] == "CPF" else cnpj_is_right
        assert right(document["value"])


def test_bank_slips_have_a_typed_line_and_a_bar_code_of_right_length() -> None:
    slips = [
        row.payment_data["boletoMetadata"]
        for row in a_bank().accounts[0].transactions
        if row.payment_data and row.payment_data["boletoMetadata"]
    ]

    assert slips
    for slip in slips:
        assert re.fullmatch(r"\d{47}", slip["digitableLine"])
        assert re.fullmatch(r"\d{44}", slip["barcode"])
        assert int(slip["barcode"][9:19]) == slip["baseAmount"] * 100


def test_an_open_finance_login_keeps_its_cpf() -> None:
    bank = a_bank(connector_id=600, user="76109277673")

    assert bank.tax_number == "761.092.776-73"
    assert {one.tax_number for one in bank.accounts} == {"761.092.776-73"}


def test_two_checking_accounts_are_two_numbers() -> None:
    bank = a_bank(user="user-ok-two-checking-accounts")

    numbers = [one.number for one in bank.accounts if one.subtype == "CHECKING_ACCOUNT"]

    assert len(set(numbers)) == 2


def test_several_companies_have_accounts_of_their_own() -> None:
    bank = a_bank(connector_id=1, user="user-ok-multi-company")

    companies = {one.tax_number for one in bank.accounts}

    assert len(companies) == 3
    assert all(cnpj_is_right(company or "") for company in companies)
    assert cpf_is_right(bank.tax_number)


def test_a_joint_account_names_two_people() -> None:
    owners = {one.owner for one in a_bank(connector_id=6).accounts}

    assert len(owners) == 1
    assert all(" / " in (owner or "") for owner in owners)


@pytest.mark.parametrize(
    ("user", "size"),
    [
        ("user-ok", None),
        ("user-ok-perf", 5_000),
        ("user-ok-perf-3x", 3_000),
        ("user-ok-perf-9999x", 5_000_000),
        ("user-ok-perf-x", None),
    ],
)
def test_a_performance_login_names_its_size(user: str, size: int | None) -> None:
    assert perf_size(user) == size


def test_a_performance_login_gets_as_many_rows_as_it_asks_for() -> None:
    checking = a_bank(user="user-ok-perf-20x").accounts[0]

    assert len(checking.transactions) == 20_000
    assert len({row.provider_id for row in checking.transactions}) == 20_000
    assert abs(checking.balance - checking.opening_balance) < 50_000


def test_banks_are_closed_on_weekends_and_holidays() -> None:
    closed = [
        date(2026, 2, 16),
        date(2026, 2, 17),
        date(2026, 4, 3),
        date(2026, 6, 4),
        date(2026, 11, 21),
    ]

    assert not any(map(is_bank_day, closed))
    assert is_bank_day(date(2026, 2, 18))
    assert nth_bank_day(2026, 1, 5) == date(2026, 1, 8)
