"""SQL is written in one layer."""

import pytest

from tests.repo.checkout import texts
from tests.repo.sql import may_hold_sql, statements


def test_no_module_outside_the_store_holds_sql() -> None:
    outside = [(name, text) for name, text in texts("src/tomada/*.py") if not may_hold_sql(name)]

    complaints = [each for name, text in outside for each in statements(name, text)]

    assert complaints == []
    assert len(outside) > 10


@pytest.mark.parametrize(
    "text",
    [
        'q = "SELECT id FROM items"',
        'q = """\n    SELECT id,\n    name\n    FROM items"""',
        'q = "SELECT set_config($1, $2, true)"',
        'q = f"INSERT INTO {table} VALUES (1)"',
        'run("UPDATE items SET status = 1")',
        'run("DELETE FROM items")',
        'run("WITH x AS (SELECT 1) SELECT 2")',
        'run("CREATE TABLE items ()")',
        'run("LISTEN tomada")',
    ],
)
def test_a_statement_is_found(text: str) -> None:
    assert list(statements("src/tomada/services/ledger.py", text))


@pytest.mark.parametrize(
    "text",
    [
        'label = "Select an institution"',
        'text = "Update your password from this page"',
        '"""SELECT id FROM items, said in a docstring."""',
        'text = "DELETE"',
    ],
)
def test_words_for_people_are_left_alone(text: str) -> None:
    assert not list(statements("src/tomada/web/items.py", text))


def test_the_store_and_the_postgres_adapters_are_the_places_for_sql() -> None:
    places = ["store/items.py", "store/migrations/env.py", "adapters/limits/postgres.py"]

    assert all(may_hold_sql(f"src/tomada/{place}") for place in places)
    assert not may_hold_sql("src/tomada/adapters/limits/memory.py")
    assert not may_hold_sql("src/tomada/services/store.py")
    assert not may_hold_sql("src/tomada/__main__.py")
