"""Every test that the table of the guide names is there."""

import re

from tests.repo.checkout import ROOT, read

PAGE = "docs/reference/guide-table.md"
NAMED = re.compile(r"`(tests/[\w/.]+\.py)::(test_\w+)`")


def missing(text: str) -> list[str]:
    found = []
    for path, name in NAMED.findall(text):
        file = ROOT / path
        if not file.exists() or not re.search(rf"def {name}\(", file.read_text(encoding="utf-8")):
            found.append(f"{path}::{name}")
    return found


def test_every_row_of_the_guide_names_tests_that_exist() -> None:
    text = read(PAGE)
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]

    assert missing(text) == []
    assert [row for row in rows if not NAMED.search(row)] == []
    assert len(rows) >= 20


def test_a_test_that_is_not_there_is_found() -> None:
    text = "`tests/repo/test_guide_table.py::test_gone` `tests/gone.py::test_a`"

    assert missing(text) == ["tests/repo/test_guide_table.py::test_gone", "tests/gone.py::test_a"]
