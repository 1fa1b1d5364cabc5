"""Modules and functions stay short enough to be read in one go."""

import pytest

from tests.repo.checkout import texts
from tests.repo.sizes import too_long

# A migration is history: it is never split and never shortened.
MIGRATIONS = "src/tomada/store/migrations/versions/"


def test_no_module_and_no_function_is_too_long() -> None:
    sources = [
        (name, text)
        for name, text in texts("src/*.py", "tests/*.py", "scripts/*.py", "bench/*.py")
        if not name.startswith(MIGRATIONS)
    ]

    complaints = [each for name, text in sources for each in too_long(name, text)]

    assert complaints == []
    assert len(sources) > 10


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("x = 1\n" * 400, 0),
        ("x = 1\n" * 401, 1),
        ("def f():\n" + "    x = 1\n" * 59, 0),
        ("def f():\n" + "    x = 1\n" * 60, 1),
        ("class C:\n    async def f(self):\n" + "        x = 1\n" * 60, 1),
    ],
)
def test_a_long_module_and_a_long_function_are_found(text: str, complaints: int) -> None:
    found = list(too_long("sample.py", text))

    assert len(found) == complaints
