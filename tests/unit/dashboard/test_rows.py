"""The statement is grouped by month and day, summed exactly, and marked honestly."""

from datetime import date
from typing import Any

from tests.unit.dashboard.ledger import TODAY, a_detail, a_month, a_row
from tomada.domain.transactions import Transaction
from tomada.web.dashboard.catalogue import load_texts
from tomada.web.dashboard.rows import Statement, lay_out, sum_days

TEXTS = load_texts()["pt-BR"]


def laid_out(*rows: Transaction, **more: Any) -> Statement:
    given = {"accounts": {"checking": "Conta corrente ••7890"}, "sums": sum_days(rows)}
    return lay_out(rows, today=TODAY, texts=TEXTS, **{**given, **more})


def test_days_and_months_follow_one_another_newest_first() -> None:
    shown = laid_out(
        a_row(1, day=TODAY),
        a_row(2, day=TODAY),
        a_row(3, day=date(2026, 11, 1)),
        a_row(4, day=date(2026, 10, 31)),
    )

    assert [month.key for month in shown.months] == ["2026-11", "2026-10"]
    assert [day.key for month in shown.months for day in month.days] == [
        "2026-11-23",
        "2026-11-01",
        "2026-10-31",
    ]
    assert [len(day.rows) for month in shown.months for day in month.days] == [2, 1, 1]


def test_a_day_is_summed_per_currency_and_never_across() -> None:
    shown = laid_out(
        a_row(1, minor=-10),
        a_row(2, minor=-20),
        a_row(3, minor=500, currency="USD"),
    )

    sums = shown.months[0].days[0].sums
    assert [(one.sign, one.text.replace("\N{NO-BREAK SPACE}", " ")) for one in sums] == [
        ("\N{MINUS SIGN}", "R$ 0,30"),
        ("+", "US$ 5,00"),
    ]


def test_month_totals_stand_only_over_the_months_they_are_of() -> None:
    totals = [a_month(date(2026, 11, 1), 500_000, 100_000)]

    shown = laid_out(a_row(1), a_row(2, day=date(2026, 10, 2)), totals=totals)

    november, october = shown.months
    assert november.income == "Entrou R$\N{NO-BREAK SPACE}5.000,00"
    assert november.spending == "Saiu R$\N{NO-BREAK SPACE}1.000,00"
    assert october.income is None


def test_pending_is_not_the_same_as_scheduled() -> None:
    shown = laid_out(
        a_row(1, day=date(2026, 12, 10), status="PENDING"), a_row(2, status="PENDING"), a_row(3)
    )

    marks = [row.mark for month in shown.months for day in month.days for row in day.rows]
    assert marks == ["Agendado", "Pendente", None]


def test_a_row_says_where_what_kind_and_from_which_account() -> None:
    detail = a_detail(merchant="Pão Dourado Ltda", installment="3/10")

    row = laid_out(a_row(1, detail=detail)).months[0].days[0].rows[0]

    assert row.title == "Padaria Pão Dourado"
    assert row.notes == ("Pão Dourado Ltda", "Restaurantes e bares", "Conta corrente ••7890")
    assert row.instalment == "Parcela 3/10"
    assert row.symbol == "food"


def test_a_merchant_who_is_in_the_description_is_not_said_twice() -> None:
    detail = a_detail(merchant="PÃO DOURADO")

    row = laid_out(a_row(1, detail=detail)).months[0].days[0].rows[0]

    assert "PÃO DOURADO" not in row.notes


def test_a_version_changes_with_what_is_shown_and_with_nothing_else() -> None:
    def version(**changes: Any) -> str:
        return laid_out(a_row(1, **changes)).months[0].days[0].rows[0].version

    assert version() == version(pluggy_id="another")
    assert len({version(), version(minor=-1251), version(status="PENDING")}) == 3
    assert version() != version(detail=a_detail(description="Padaria"))
