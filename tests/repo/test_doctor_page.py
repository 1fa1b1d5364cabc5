"""The page of the doctor says what the checks say."""

from scripts.doctor_page import PAGE, page


def test_the_page_of_the_doctor_is_what_the_checks_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python scripts/doctor_page.py"
