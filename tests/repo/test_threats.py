"""Each threat of the model has its answer and a test that is there."""

import pytest

from tests.repo.checkout import read, texts
from tests.repo.threats import missing, named, unproven

MODEL = "docs/explanation/threat-model.md"
PAGE = "| Threat | Answer | Test |\n|---|---|---|\n| it | that | `tests/a.py::test_it` |\n"
SOURCES = {"tests/a.py": "async def test_it() -> None: ...\n"}


def test_every_test_that_a_document_names_is_there() -> None:
    sources = dict(texts("tests/*.py"))
    documents = dict(texts("*.md"))

    complaints = [
        f"{name}: {each}" for name, text in documents.items() for each in missing(text, sources)
    ]

    assert complaints == []


def test_every_threat_has_a_test() -> None:
    model = read(MODEL)

    assert list(unproven(model)) == []
    assert len(named(model)) > 60


@pytest.mark.parametrize(
    ("page", "sources"),
    [(PAGE, {}), (PAGE, {"tests/a.py": "def test_that() -> None: ...\n"})],
)
def test_a_test_that_is_not_there_is_found(page: str, sources: dict[str, str]) -> None:
    assert not list(missing(PAGE, SOURCES))

    assert list(missing(page, sources))


def test_a_threat_without_a_test_is_found() -> None:
    assert not list(unproven(PAGE))

    assert list(unproven(PAGE.replace("`tests/a.py::test_it`", "soon")))
