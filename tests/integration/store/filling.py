"""One row of one entity in every table that has an entity, whatever tables there are."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from tomada.domain.consents import NOTICE_VERSION
from tomada.domain.ids import EntityId

_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)

# Columns whose CHECK allows certain words only.
_WORDS = {
    ("consents", "status"): "granted",
    ("consents", "notice_version"): NOTICE_VERSION,
    ("transactions", "direction"): "DEBIT",
    ("syncs", "state"): "queued",
    ("notifications", "type"): "error",
    ("transactions", "gone_reason"): "named",
    ("removals", "state"): "waiting",
    ("transaction_links", "kind"): "same",
    ("account_links", "state"): "suggested",
    ("transaction_links", "state"): "suggested",
}


@dataclass(frozen=True, slots=True)
class Filler:
    """Writes as the owner, who is subject to row-level security as well."""

    owner: asyncpg.Connection

    async def entity_tables(self) -> list[str]:
        """List tables with row-level security, those that are referred to first."""
        names = {
            row["relname"]
            for row in await self.owner.fetch(
                "SELECT relname FROM pg_class WHERE relnamespace = 'tomada'::regnamespace"
                " AND relkind IN ('r', 'p') AND relrowsecurity"
            )
        }
        references = await self.owner.fetch(
            "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent"
            " FROM pg_constraint WHERE contype = 'f'"
        )
        parents = {name: set[str]() for name in names}
        for one in references:
            child, parent = (one[side].removeprefix("tomada.") for side in ("child", "parent"))
            if child in names and parent in names:
                parents[child].add(parent)
        ordered: list[str] = []
        while parents:
            ready = sorted(name for name, needs in parents.items() if not needs - set(ordered))
            assert ready, "tables refer to each other in a circle"
            ordered += ready
            for name in ready:
                del parents[name]
        return ordered

    async def entity(self) -> EntityId:
        """Make an entity with one row in each of its tables."""
        entity = EntityId(uuid4())
        async with self.owner.transaction():
            await self.owner.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
            await self.owner.execute(
                "INSERT INTO entities (id, created_at) VALUES ($1, $2)", entity, _AT
            )
            for table in await self.entity_tables():
                await self._row(table, entity)
        return entity

    async def _row(self, table: str, entity: UUID) -> None:
        columns = await self.owner.fetch(
            "SELECT column_name AS name, udt_name AS kind FROM information_schema.columns"
            " WHERE table_schema = 'tomada' AND table_name = $1 ORDER BY ordinal_position",
            table,
        )
        values = [_value(table, one["name"], one["kind"], entity) for one in columns]
        names = ", ".join(one["name"] for one in columns)
        places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        await self.owner.execute(
            f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608  (names from the catalogue)
            *values,
        )


def _value(table: str, column: str, kind: str, entity: UUID) -> Any:
    """Invent a value; every id of an entity is the same one, so that references hold."""
    by_kind: dict[str, Any] = {
        "uuid": entity,
        "_uuid": [entity],
        "text": _WORDS.get((table, column), entity.hex),
        "bytea": entity.bytes,
        "timestamptz": _AT,
        "date": date(2026, 11, 23),
        "bool": False,
        "jsonb": "{}",
        **dict.fromkeys(("int2", "int4", "int8"), 1),
    }
    return by_kind[kind]
