"""What every column holds, read from ``columns.toml``: the map behind exports and erasures."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec


class Table(msgspec.Struct, frozen=True, rename={"kept_as": "class"}, forbid_unknown_fields=True):
    """One table. *place* names the row that a sealed value is bound to, as SQL.

    *keep* says why its rows outlive an erasure; empty where they do not.
    """

    of: str
    kept_as: str
    holds: str
    keep: str = ""
    export: bool = False
    place: str = ""
    entity: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    sealed: dict[str, str] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Name all of them."""
        return (*self.entity, *self.plain, *self.digests, *self.secrets, *self.sealed)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """All tables, by name."""

    tables: Mapping[str, Table]

    def exported(self) -> dict[str, Table]:
        """Those that a person gets a copy of."""
        return {name: one for name, one in self.tables.items() if one.export}

    def erased(self) -> list[str]:
        """Those whose rows go with the person."""
        return [name for name, one in self.tables.items() if one.of == "entity" and not one.keep]

    def routes(self) -> list[str]:
        """Name the routing tables whose rows go with the person."""
        return [
            name
            for name, one in self.tables.items()
            if one.of == "routing" and one.entity and not one.keep
        ]

    def kept(self) -> dict[str, str]:
        """Those whose rows outlive the person, and why."""
        return {name: one.keep for name, one in self.tables.items() if one.keep}


def column_map() -> ColumnMap:
    """Read the map that comes with the package."""
    text = files("tomada.store").joinpath("columns.toml").read_text("utf-8")
    return ColumnMap(msgspec.convert(tomllib.loads(text), dict[str, Table]))
