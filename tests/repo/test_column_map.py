"""Every column is classified: copies, erasures and the record of processing go by the map alone."""

import asyncpg
import pytest

from tomada.store.columns import column_map
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate

PLACE = "say what it holds in src/tomada/store/columns.toml, then run scripts/ropa_page.py"


@pytest.fixture
async def found(database: EmbeddedCluster) -> dict[str, tuple[set[str], bool]]:
    """Each table's columns, and whether rows are one person's."""
    await migrate(database.owner_url, app_url=database.app_url)
    owner = await asyncpg.connect(database.owner_url)
    try:
        rows = await owner.fetch(
            "SELECT c.relname AS name, c.relrowsecurity AS own, array_agg(a.attname::text) AS columns"
            " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'tomada'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND a.attnum > 0 AND NOT a.attisdropped GROUP BY 1, 2"
        )
    finally:
        await owner.close()
    return {one["name"]: (set(one["columns"]), one["own"]) for one in rows}


async def test_every_column_is_in_the_map_and_no_other(
    found: dict[str, tuple[set[str], bool]],
) -> None:
    tables = column_map().tables
    mapped = {name: set(one.columns) for name, one in tables.items()}
    known = {name: columns for name, (columns, _) in found.items()}

    different = {
        name: sorted(known.get(name, set()) ^ mapped.get(name, set()))
        for name in known.keys() | mapped.keys()
        if known.get(name) != mapped.get(name)
    }

    assert different == {}, PLACE
    for name, (columns, own) in found.items():
        assert {one for one in columns if "sealed" in one} == set(tables[name].sealed), name
        assert (tables[name].of == "entity") == own, name
        # What is one person's either goes with them or says why not.
        assert not own or tables[name].entity, name
