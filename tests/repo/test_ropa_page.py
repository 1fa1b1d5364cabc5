"""The record of processing says what the code does."""

from scripts.ropa_page import PAGE, page


def test_the_record_of_processing_is_what_the_code_gives() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python scripts/ropa_page.py"
