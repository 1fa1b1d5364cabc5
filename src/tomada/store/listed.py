"""Rows of products that Pluggy lists whole: bills, investments, loans and their like.

Their tables have one frame around columns of their own: Pluggy's id, the item, the digest of the
content, sealed detail and raw, when the row was first seen and last changed, since when complete
lists have been without it, and since when it is gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from tomada.store.tx import Tx


class Columns(Protocol):
    """A dataclass whose fields are a table's columns."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Row = TypeVar("Row", bound=Columns)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One table; the fields of *row* are its columns, and *owner* is the one a list is asked by."""

    table: str
    row: type[Row]
    owner: str
    order: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are written and read."""
        return tuple(one.name for one in fields(self.row))


@dataclass(frozen=True, slots=True)
class ListedRows(Generic[Row]):
    """The rows of one listing that the transaction's entity has."""

    tx: Tx
    listing: Listing[Row]

    async def known(self, ids: Iterable[str]) -> dict[str, tuple[bytes, bool]]:
        """Give digest, and whether it is gone, of those that are there, tombstones included."""
        records = await self.tx.conn.fetch(
            f"SELECT id, content_digest, gone_at FROM {self.listing.table}"  # noqa: S608  (constant names)
            " WHERE entity_id = $1 AND id = ANY($2)",
            self.tx.scope(),
            list(ids),
        )
        return {r["id"]: (r["content_digest"], r["gone_at"] is not None) for r in records}

    async def put(self, rows: Sequence[Row]) -> None:
        """Insert new rows and rewrite others; a tombstone that came back lives again.

        What belongs to another item stays as it is.
        """
        names = self.listing.columns
        table = self.listing.table
        places = ", ".join(f"${n}" for n in range(1, len(names) + 2))
        sets = ", ".join(
            f"{name} = excluded.{name}" for name in names if name not in ("id", "first_seen_at")
        )
        await self.tx.conn.executemany(
            f"INSERT INTO {table} (entity_id, {', '.join(names)}) VALUES ({places})"  # noqa: S608  (constant names)
            f" ON CONFLICT (entity_id, id) DO UPDATE SET {sets}, missing_since = NULL,"
            f" gone_at = NULL WHERE {table}.item_id = excluded.item_id",
            [(self.tx.scope(), *(getattr(row, name) for name in names)) for row in rows],
        )

    async def seen(self, ids: Sequence[str]) -> None:
        """Forget that rows were missing; writes nothing where none was."""
        await self.tx.conn.execute(
            f"UPDATE {self.listing.table} SET missing_since = NULL"  # noqa: S608  (constant names)
            " WHERE entity_id = $1 AND id = ANY($2) AND missing_since IS NOT NULL",
            self.tx.scope(),
            list(ids),
        )

    async def miss(
        self, owner: str, present: Sequence[str], *, at: datetime, patience: timedelta
    ) -> list[str]:
        """Note what a complete list of *owner*'s was without; gives the ids of what is gone.

        A row is gone when a second complete list, *patience* after the first, is without it too.
        """
        records = await self.tx.conn.fetch(
            f"UPDATE {self.listing.table} SET missing_since = coalesce(missing_since, $4),"  # noqa: S608  (constant names)
            " gone_at = CASE WHEN missing_since <= $5 THEN $4 END"
            f" WHERE entity_id = $1 AND {self.listing.owner} = $2 AND NOT id = ANY($3)"
            " AND gone_at IS NULL AND (missing_since IS NULL OR missing_since <= $5)"
            " RETURNING id, gone_at",
            self.tx.scope(),
            owner,
            list(present),
            at,
            at - patience,
        )
        return [r["id"] for r in records if r["gone_at"] is not None]

    async def lacks(self, owner: str, present: Sequence[str]) -> bool:
        """Tell whether a complete list of *owner*'s is without a row that is not gone."""
        lacks: bool = await self.tx.conn.fetchval(
            f"SELECT EXISTS (SELECT FROM {self.listing.table} WHERE entity_id = $1"  # noqa: S608  (constant names)
            f" AND {self.listing.owner} = $2 AND NOT id = ANY($3) AND gone_at IS NULL)",
            self.tx.scope(),
            owner,
            list(present),
        )
        return lacks

    async def live(self, column: str | None = None, value: str | None = None) -> list[Row]:
        """List rows that are not gone, those with *value* in *column* where given."""
        narrowed = "" if column is None else f" AND {column} = $2"
        records = await self.tx.conn.fetch(
            f"SELECT {', '.join(self.listing.columns)} FROM {self.listing.table}"  # noqa: S608  (constant names)
            f" WHERE entity_id = $1 AND gone_at IS NULL{narrowed} ORDER BY {self.listing.order}",
            self.tx.scope(),
            *(() if column is None else (value,)),
        )
        return [self.listing.row(**dict(record)) for record in records]
