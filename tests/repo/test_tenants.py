"""Every statement on a table of an entity's rows names the entity, whatever the database adds."""

from pathlib import Path

import tomada
from tests.repo.tenants import entity_tables, unscoped

# What looks at everybody's rows on purpose, and why.
ALLOWED = {
    "store/proofs.py:_amounts": "the conditions of its callers name the entity",
    "store/feed.py:append": "the entity is the first value of each row it adds",
    "store/audit.py:append": "the entity is the first value of each of the three rows it adds",
}
# They are read to find out who the entity is.
ROUTING = {
    "product_entities",
    "api_keys", "item_routes", "memberships", "nonce_routes", "sessions", "audit_pending", "audit_leaves",
    "outbox", "outbox_cursors",
}  # fmt: skip


def test_every_statement_on_an_entitys_table_names_the_entity() -> None:
    # What is imported is what runs, wherever it is.
    store = Path(tomada.__file__).parent / "store"
    made = entity_tables(one.read_text() for one in (store / "migrations/versions").glob("*.py"))
    made -= ROUTING
    stores = [(f"store/{one.name}", one.read_text()) for one in sorted(store.glob("*.py"))]

    complaints = [
        each for name, text in stores for each in unscoped(name, text, tables=made, allowed=ALLOWED)
    ]

    assert complaints == []
    assert {"transactions", "accounts", "items", "feed", "audit"} <= made


def test_a_statement_without_its_entity_is_found() -> None:
    text = (
        '_ALL = "SELECT id FROM items"\n'
        "async def bad(self) -> None:\n"
        '    await self.tx.conn.fetch(f"{_ALL} WHERE id = $1", 1)\n'
        "async def good(self) -> None:\n"
        '    await self.tx.conn.fetch(_ALL + " WHERE entity_id = $1", 1)\n'
    )

    assert len(unscoped("x.py", text, tables={"items"}, allowed={})) == 1
