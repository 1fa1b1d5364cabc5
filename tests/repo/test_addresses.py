"""A checkout works wherever it lies and wherever its packages come from."""

import pytest

from tests.repo.addresses import places
from tests.repo.checkout import texts


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    tracked = list(texts())

    complaints = [each for name, text in tracked for each in places(name, text)]

    assert complaints == []
    assert len(tracked) > 20


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("README.md", "see https://" + "pypi" + ".org/project/tomada"),
        ("requirements/run.txt", "https://files." + "pythonhosted" + ".org/a.whl"),
        (
            "frontend/package-lock.json",
            '"resolved": "https://registry.' + "npmjs" + '.org/esbuild"',
        ),
        ("src/tomada/settings.py", 'DATA = "/' + 'home/ana/tomada"'),
        ("docs/how-to/run.md", "cd /" + "Users/ana/tomada"),
        ("uv.lock", ""),
    ],
)
def test_such_a_place_is_found(name: str, line: str) -> None:
    assert list(places(name, line))


@pytest.mark.parametrize("line", ["tests/home/page.py", "GET /v1/work", "~/code/tomada", "pypi"])
def test_other_words_are_left_alone(line: str) -> None:
    assert not list(places("README.md", line))
