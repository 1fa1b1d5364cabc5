"""A module's name says its idea."""

import pytest

from tests.repo.checkout import texts
from tests.repo.names import bad_names


def test_every_module_is_named_after_an_idea() -> None:
    names = [name for name, _ in texts("*.py")]

    complaints = [each for name in names for each in bad_names(name)]

    assert complaints == []
    assert len(names) > 10


@pytest.mark.parametrize(
    "name",
    [
        "src/tomada/utils.py",
        "src/tomada/store/base.py",
        "src/tomada/common/money.py",
        "tests/helpers/lines.py",
        "src/pluggy/__init__.py",
        "src/pluggy.py",
        "pluggy/client.py",
    ],
)
def test_an_empty_word_or_a_taken_name_is_found(name: str) -> None:
    assert list(bad_names(name))


@pytest.mark.parametrize("name", ["src/tomada/pluggy/client.py", "tests/unit/pluggy/test_auth.py"])
def test_the_client_keeps_its_name_inside_the_package(name: str) -> None:
    assert not list(bad_names(name))
