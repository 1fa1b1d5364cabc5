"""Nothing is imported that only comes along with something else."""

import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.repo.checkout import read, texts
from tests.repo.dependencies import names
from tests.repo.imports import undeclared

ORIGINS = {"anyio": ["anyio"], "yaml": ["PyYAML"]}
# What is there whenever the module is loaded, because that library loads it, or what an extra
# brings and the module does without until it is asked for.
LOADED_BY = {
    "src/tomada/adapters/signals/redis.py": {"redis"},
    "src/tomada/pytest_plugin.py": {"pytest"},
    "src/tomada/simulator/tls.py": {"trustme"},
    "src/tomada/adapters/kms/gcp.py": {"google-auth"},
    "src/tomada/adapters/kms/gcp_transport.py": {"google-auth"},
}


def test_the_package_imports_only_what_it_asks_for() -> None:
    declared = names(tomllib.loads(read("pyproject.toml"))["project"]["dependencies"])
    origins = packages_distributions()

    complaints = [
        each
        for name, text in texts("src/tomada/*.py")
        for each in undeclared(name, text, declared | LOADED_BY.get(name, set()), origins)
    ]

    assert complaints == []


@pytest.mark.parametrize(
    "text",
    ["import yaml", "from yaml.nodes import Node", "def f():\n    import unheard_of as x"],
)
def test_an_import_nobody_asked_for_is_found(text: str) -> None:
    assert list(undeclared("sample.py", text, {"anyio"}, ORIGINS))


@pytest.mark.parametrize(
    "text", ["import anyio.abc", "import json", "from tomada import domain", "from . import x"]
)
def test_what_was_asked_for_the_library_and_ourselves_are_left_alone(text: str) -> None:
    assert not list(undeclared("sample.py", text, {"anyio"}, ORIGINS))
