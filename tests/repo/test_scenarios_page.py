"""The page of scenarios says what the code says."""

from scripts.scenarios_page import PAGE, page


def test_the_tables_of_the_page_of_scenarios_are_what_the_code_gives() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert text == page(text), "run: python scripts/scenarios_page.py"
    assert text.count("written by scripts/scenarios_page.py") == 4


def test_a_table_that_was_changed_by_hand_is_found() -> None:
    text = PAGE.read_text(encoding="utf-8").replace("`P04.nan`", "`P04.none`")

    assert page(text) != text
