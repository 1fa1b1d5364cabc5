"""All rows of one entity, table by table, by the map of columns."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg

from tomada.store.columns import Table
from tomada.store.tx import Tx

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SubjectRows:
    """Rows of the transaction's entity; names of tables and columns come from the map alone."""

    tx: Tx

    async def count(self, table: str) -> int:
        """Count them."""
        found = await self.tx.conn.fetchval(
            f"SELECT count(*) FROM {table} WHERE entity_id = $1",  # noqa: S608  (a name of the map)
            self.tx.scope(),
        )
        return int(found)

    async def each(self, table: str, known: Table) -> AsyncIterator[asyncpg.Record]:
        """Give them, with ``place``, what their sealed values are bound to."""
        names = ", ".join((*known.plain, *known.sealed, f"{known.place} AS place"))
        async for record in self.tx.conn.cursor(
            f"SELECT {names} FROM {table} WHERE entity_id = $1 ORDER BY {known.place}",  # noqa: S608  (names of the map)
            self.tx.scope(),
            prefetch=_AT_ONCE,
        ):
            yield record

    async def delete(self, table: str, *, most: int) -> int:
        """Delete some of them; gives how many."""
        gone = await self.tx.conn.execute(
            f"DELETE FROM {table} WHERE entity_id = $1 AND ctid = ANY(ARRAY("  # noqa: S608  (a name of the map)
            f"SELECT ctid FROM {table} WHERE entity_id = $1 LIMIT $2))",
            self.tx.scope(),
            most,
        )
        return int(gone.split()[-1])
