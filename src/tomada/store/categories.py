"""Pluggy's categories: the same for everybody, and nobody's data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.categories import Category
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class CategoryRows:
    """The installation's copy."""

    tx: Tx

    async def all(self) -> list[Category]:
        """List them by id."""
        records = await self.tx.conn.fetch(
            "SELECT id, description, translated, parent_id FROM categories ORDER BY id"
        )
        return [Category(*record) for record in records]

    async def read_at(self) -> datetime | None:
        """Tell when they were last read from Pluggy."""
        at: datetime | None = await self.tx.conn.fetchval("SELECT max(read_at) FROM categories")
        return at

    async def put(self, categories: Sequence[Category], *, at: datetime) -> None:
        """Take in a list; one that it is without stays, since rows may still bear it."""
        await self.tx.conn.executemany(
            "INSERT INTO categories (id, description, translated, parent_id, read_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET description = $2,"
            " translated = $3, parent_id = $4, read_at = $5",
            [(one.id, one.english, one.portuguese, one.parent_id, at) for one in categories],
        )
