"""No dependency comes in without a reason that stands written."""

import tomllib

import pytest

from tests.repo.checkout import read
from tests.repo.dependencies import declared, unexplained

MOST_TO_RUN = 25
PROJECT = {
    "project": {"dependencies": ["anyio~=4.1"], "optional-dependencies": {"x": ["Redis>=5"]}},
    "dependency-groups": {"dev": [{"include-group": "build"}, "mypy~=2.4"]},
}
PAGE = "| `anyio` | a | b | MIT |\n| `redis` | a | b | MIT |\n| `mypy` | a | b | MIT |\n"


def test_every_dependency_has_its_row_and_every_row_its_dependency() -> None:
    project = tomllib.loads(read("pyproject.toml"))

    complaints = list(unexplained(project, read("docs/explanation/dependencies.md")))

    assert complaints == []
    assert "asyncpg" in declared(project)


def test_the_project_runs_on_few_direct_dependencies() -> None:
    project = tomllib.loads(read("pyproject.toml"))

    assert len(project["project"]["dependencies"]) <= MOST_TO_RUN


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("| `anyio` | a | b | MIT |\n", ""),
        PAGE + "| `numpy` | a | b | BSD |\n",
        PAGE.replace("| a | b | MIT |", "| a |  | MIT |"),
        PAGE.replace("| a | b | MIT |", "| a | b |"),
    ],
)
def test_a_missing_a_left_over_and_an_empty_row_are_found(page: str) -> None:
    assert not list(unexplained(PROJECT, PAGE))

    assert list(unexplained(PROJECT, page))
