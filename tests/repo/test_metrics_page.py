"""The page of metrics says what the code says."""

from scripts.metrics_page import PAGE, page


def test_the_page_of_metrics_is_what_the_metrics_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python scripts/metrics_page.py"
