"""The picture of the months is true to scale, and readable without it."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.dashboard.ledger import TODAY, a_month
from tomada.web.dashboard.catalogue import load_texts
from tomada.web.dashboard.months import HEIGHT, draw

TEXTS = load_texts()["pt-BR"]
AMOUNTS = st.integers(min_value=0, max_value=10**14)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=12))
def test_bars_keep_their_order_and_never_leave_the_drawing(pairs: list[tuple[int, int]]) -> None:
    totals = [a_month(date(2026, n + 1, 1), up, down) for n, (up, down) in enumerate(pairs)]

    chart = draw(totals, today=TODAY, chosen=None, texts=TEXTS)

    tallest = max(one.up for one in chart.columns)
    deepest = max(one.down for one in chart.columns)
    assert tallest + deepest <= HEIGHT + 2
    assert chart.base - tallest >= 0
    for (up, down), column in zip(pairs, chart.columns, strict=True):
        assert (column.up > 0) == (up > 0)
        assert (column.down > 0) == (down > 0)
    by_income = sorted(zip(pairs, chart.columns, strict=True), key=lambda one: one[0][0])
    heights = [column.up for _, column in by_income]
    assert heights == sorted(heights)


def test_equal_amounts_up_and_down_are_equally_long() -> None:
    chart = draw([a_month(TODAY.replace(day=1), 700, 700)], today=TODAY, chosen=None, texts=TEXTS)

    column = chart.columns[0]
    assert column.up == column.down > 0
    assert column.net.flow == "none"


def test_a_year_without_a_movement_is_no_picture() -> None:
    totals = [a_month(date(2026, n, 1), 0, 0) for n in range(1, 12)]

    assert draw(totals, today=TODAY, chosen=None, texts=TEXTS).empty


def test_the_chosen_month_is_the_one_whose_figures_stand_there() -> None:
    totals = [a_month(date(2026, n, 1), n * 100, n * 10) for n in (9, 10, 11)]

    chosen = draw(totals, today=TODAY, chosen=date(2026, 9, 1), texts=TEXTS)
    newest = draw(totals, today=TODAY, chosen=None, texts=TEXTS)

    assert chosen.shown is not None
    assert chosen.shown.title == "setembro de 2026"
    assert newest.shown is not None
    assert newest.shown.current


def test_another_currency_is_not_added_to_reais() -> None:
    totals = [a_month(date(2026, 11, 1), 5, 5, "USD"), a_month(date(2026, 11, 1), 7, 7)]

    chart = draw(totals, today=TODAY, chosen=None, texts=TEXTS)

    assert len(chart.columns) == 1
    assert "R$" in chart.columns[0].income
