"""The page of settings says what the code says."""

from scripts.settings_page import PAGE, page


def test_the_page_of_settings_is_what_the_settings_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python scripts/settings_page.py"
