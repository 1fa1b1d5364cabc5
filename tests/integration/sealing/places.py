"""Every sealed value of an installation, with the place it belongs to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from tomada.domain.ids import EntityId
from tomada.services.vault import Keys, Vault
from tomada.store.embedded import EmbeddedCluster

# Table, id column, sealed column, column group; None where the group is the body's digest.
_OF_ENTITIES = (
    ("transactions", "id", "sealed", ""),
    ("transactions", "id", "sealed_raw", "raw"),
    ("accounts", "id", "sealed", ""),
    ("accounts", "id", "sealed_raw", "raw"),
    ("bank_consents", "id", "sealed", ""),
    ("bank_consents", "id", "sealed_raw", "raw"),
    ("bills", "id", "sealed", ""),
    ("bills", "id", "sealed_raw", "raw"),
    ("investments", "id", "sealed", ""),
    ("investments", "id", "sealed_raw", "raw"),
    ("investment_transactions", "id", "sealed", ""),
    ("investment_transactions", "id", "sealed_raw", "raw"),
    ("loans", "id", "sealed", ""),
    ("loans", "id", "sealed_raw", "raw"),
    ("identities", "id", "sealed", ""),
    ("identities", "id", "sealed_raw", "raw"),
    ("items", "id", "sealed", ""),
    ("product_freshness", "item_id || '/' || product", "sealed", ""),
    ("consents", "id", "sealed", ""),
    ("consent_events", "id", "sealed", ""),
    ("notifications", "id", "sealed", ""),
    ("annotations", "transaction_id", "sealed", ""),
    ("transaction_links", "id", "sealed", ""),
    ("audit", "id", "sealed", ""),
)
_OF_THE_SYSTEM: tuple[tuple[str, str, str, str | None], ...] = (
    ("users", "id", "sealed", ""),
    ("hooks", "name", "sealed_secret", "secret"),
    ("inbox", "event_id", "sealed", None),
    ("api_keys", "id", "sealed", ""),
    ("second_factors", "user_id", "sealed", ""),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One sealed value; *keys* are its owner's."""

    keys: Keys
    table: str
    row: str | UUID
    group: str
    sealed: bytes

    def open(self, sealed: bytes) -> bytes:
        """Open *sealed* as if it stood here."""
        return self.keys.open(self.table, self.row, sealed, group=self.group)


async def places(
    database: EmbeddedCluster, vault: Vault, entities: list[EntityId], *, each: int = 12
) -> list[Place]:
    """List up to *each* values of every sealed column of every owner."""
    owner = await asyncpg.connect(database.owner_url, server_settings={"search_path": "tomada"})
    try:
        return [one async for one in _places(owner, vault, entities, each)]
    finally:
        await owner.close()


async def _places(
    owner: asyncpg.Connection, vault: Vault, entities: list[EntityId], each: int
) -> AsyncIterator[Place]:
    for table, row, column, group in _OF_THE_SYSTEM:
        digest = "NULL" if group is not None else "encode(body_digest, 'hex')"
        for one in await _values(owner, table, row, column, digest, each):
            yield Place(
                vault.system, table, one["row"], group or one["digest"] or "", one["sealed"]
            )
    for entity in entities:
        keys = await vault.keys(entity)
        async with owner.transaction():
            await owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
            for table, row, column, column_group in _OF_ENTITIES:
                for one in await _values(owner, table, row, column, "NULL", each):
                    yield Place(keys, table, one["row"], column_group, one["sealed"])


async def _values(
    owner: asyncpg.Connection, table: str, row: str, column: str, digest: str, each: int
) -> list[Any]:
    found: list[Any] = await owner.fetch(
        f"SELECT {row} AS row, {digest} AS digest, {column} AS sealed FROM {table}"  # noqa: S608  (names from the lists above)
        f" WHERE {column} IS NOT NULL ORDER BY {row} LIMIT {each}"
    )
    assert found, (table, column)
    return found


async def sealed_columns(database: EmbeddedCluster) -> set[tuple[str, str]]:
    """List the columns that are named as sealed ones."""
    owner = await asyncpg.connect(database.owner_url)
    try:
        rows = await owner.fetch(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'tomada' AND column_name LIKE '%sealed%'"
        )
    finally:
        await owner.close()
    return {(row["table_name"], row["column_name"]) for row in rows}


KNOWN = {(table, column) for table, _, column, _ in (*_OF_ENTITIES, *_OF_THE_SYSTEM)}
