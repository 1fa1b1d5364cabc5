"""Two migrations with one number, from two people at once, are found before they land."""

import pytest

from tests.repo.checkout import texts
from tests.repo.migrations import broken

FIRST = 'revision = "0001"\ndown_revision = None\n'
SECOND = 'revision = "0002"\ndown_revision = "0001"\n'


def test_the_migrations_are_one_chain() -> None:
    sources = dict(texts("src/tomada/store/migrations/versions/*.py"))

    assert "src/tomada/store/migrations/versions/0001_ledger.py" in sources
    assert list(broken(sources)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"0002_b.py": SECOND, "0002_c.py": SECOND},
        {"0003_b.py": SECOND},
        {"0002_b.py": FIRST},
        {"0002_b.py": SECOND.replace("0001", "0000")},
    ],
)
def test_a_number_that_is_not_the_next_is_found(more: dict[str, str]) -> None:
    assert list(broken({"0001_a.py": FIRST, **more}))


def test_a_chain_is_left_alone() -> None:
    assert not list(broken({"0001_a.py": FIRST, "0002_b.py": SECOND}))
