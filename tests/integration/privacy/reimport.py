"""A copy put back as the rows of somebody new: what a copy lacks cannot come back."""

import base64
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from tests.integration.store.filling import Filler
from tomada.domain.ids import EntityId
from tomada.services.vault import Keys
from tomada.store.columns import Table, column_map

# What the installation writes for everybody from the first day on.
OWN = ("audit",)
# Numbers stay numbers, with the digits they had.
_JSON = msgspec.json.Encoder(decimal_format="number")


async def put_back(
    eye: asyncpg.Connection, keys: Keys, entity: EntityId, tables: dict[str, list[dict[str, Any]]]
) -> None:
    """Write every row of a copy under another entity and another key, parents first."""
    known = column_map().exported()
    order = [name for name in await Filler(eye).entity_tables() if name in known]
    for name in (one for one in order if one not in OWN):
        kinds = {
            one["column_name"]: one["udt_name"]
            for one in await eye.fetch(
                "SELECT column_name, udt_name FROM information_schema.columns"
                " WHERE table_schema = 'tomada' AND table_name = $1", name,
            )
        }  # fmt: skip
        for row in tables[name]:
            values = _values(keys, entity, name, known[name], kinds, row)
            places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
            await eye.execute(
                f"INSERT INTO {name} ({', '.join(values)}) VALUES ({places})",  # noqa: S608  (the map's)
                *values.values(),
            )


def _values(
    keys: Keys,
    entity: EntityId,
    name: str,
    table: Table,
    kinds: dict[str, str],
    row: dict[str, Any],
) -> dict[str, Any]:
    values: dict[str, Any] = {"entity_id": entity}
    values |= {column: _typed(row[column], kinds[column]) for column in table.plain}
    # Digests are keyed: they mean nothing elsewhere, and are made anew by the next reading.
    values |= {column: _digest(name, column) for column in table.digests}
    place = "/".join(str(row[part.strip()]) for part in table.place.split("|| '/' ||"))
    for column, how in table.sealed.items():
        group, _, kind = how.partition(":")
        opened = row["detail" if column == "sealed" else "raw"]
        plain = (_JSON if kind == "json" else msgspec.msgpack).encode(opened)
        values[column] = None if opened is None else keys.seal(name, place, plain, group=group)
    return values


def _digest(name: str, column: str) -> bytes | None:
    return (
        None
        if (name, column) in (("card_lines", "series"), ("transactions", "fingerprint"))
        else b"-"
    )


def _typed(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        return [UUID(one) for one in value]
    return _READ[kind](value) if isinstance(value, str) and kind in _READ else value


_READ: dict[str, Callable[[str], Any]] = {
    "timestamptz": datetime.fromisoformat,
    "date": date.fromisoformat,
    "uuid": UUID,
    "bytea": base64.b64decode,
}
