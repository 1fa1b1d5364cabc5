"""Amounts, days and spans of time read as a Brazilian, or an English reader, expects."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.unit.dashboard.ledger import NOW, TODAY
from tomada.web.dashboard.catalogue import Language, load_texts
from tomada.web.dashboard.wording import ago, amount, balance, clock_time, day_title, money

TEXTS = load_texts()


@pytest.mark.parametrize(
    ("minor", "currency", "language", "written"),
    [
        (123456789, "BRL", "pt-BR", "R$ 1.234.567,89"),
        (123456789, "BRL", "en", "R$ 1,234,567.89"),
        (5, "BRL", "pt-BR", "R$ 0,05"),
        (0, "BRL", "pt-BR", "R$ 0,00"),
        (-100, "BRL", "pt-BR", "R$ 1,00"),
        (1999, "USD", "pt-BR", "US$ 19,99"),
        (1500, "JPY", "pt-BR", "JPY 1.500"),
        (1234567, "KWD", "en", "KWD 1,234.567"),
        (9007199254740993, "BRL", "pt-BR", "R$ 90.071.992.547.409,93"),
    ],
)
def test_money_is_exact_and_written_as_usual(
    minor: int, currency: str, language: Language, written: str
) -> None:
    assert money(minor, currency, language).replace("\N{NO-BREAK SPACE}", " ") == written


def test_the_direction_is_a_sign_and_a_word_and_not_a_colour_alone() -> None:
    assert (amount(-1, "BRL", "pt-BR").sign, amount(-1, "BRL", "pt-BR").flow) == (
        "\N{MINUS SIGN}",
        "out",
    )
    assert (amount(1, "BRL", "pt-BR").sign, amount(1, "BRL", "pt-BR").flow) == ("+", "in")
    assert amount(0, "BRL", "pt-BR").sign == ""


def test_an_overdraft_has_its_minus() -> None:
    assert balance(-150, "BRL", "en").startswith("\N{MINUS SIGN}R$")


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2026, 11, 23), "Hoje"),
        (date(2026, 11, 22), "Ontem"),
        (date(2026, 11, 24), "Amanhã"),
        (date(2026, 11, 21), "sábado, 21 de novembro"),
        (date(2025, 12, 5), "5 de dezembro de 2025"),
    ],
)
def test_days_have_the_names_people_use(day: date, title: str) -> None:
    assert day_title(day, TODAY, TEXTS["pt-BR"]) == title


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 11, 21, 17, 32, 9, tzinfo=UTC), "14:32"),
        (datetime(2026, 11, 21, 3, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 0, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 21, 0, 0, 5, tzinfo=UTC), "21:00"),
        (datetime(2026, 11, 21, 3, 1, tzinfo=UTC), "00:01"),
    ],
)
def test_a_time_is_shown_only_where_the_bank_gave_one(instant: datetime, shown: str | None) -> None:
    assert clock_time(instant) == shown


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (-5, "agora"),
        (0, "agora"),
        (1, "há 1 min"),
        (59, "há 59 min"),
        (60, "há 1 h"),
        (1439, "há 23 h"),
        (1440, "ontem"),
        (2880, "há 2 dias"),
    ],
)
def test_spans_of_time_are_said_in_whole_units(minutes: int, said: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), NOW, TEXTS["pt-BR"]) == said
