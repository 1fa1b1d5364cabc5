"""Refuse numbers that no bank can mean, such as 1e400, before anybody calculates with them.

Arithmetic on a decimal of a million digits would hold the process up.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

from tomada.pluggy.errors import ContractError
from tomada.pluggy.model import Model

# Far beyond any amount or rate, and small enough that arithmetic on it stays cheap.
_MOST_DIGITS = 30
_Getter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which fields of a model hold decimals, and which hold models that do, by wire name."""

    decimals: tuple[tuple[str, _Getter], ...]
    models: tuple[tuple[str, _Getter], ...]


def check_numbers(rows: Sequence[Model], *, where: str = "$") -> None:
    """Raise ContractError if a decimal in *rows*, all of one kind, is not finite, huge or minute.

    Field by field rather than row by row: every page passes here, and so Python has a few things
    to do for a page and not for each of its rows.
    """
    if not rows:
        return
    plan = _plan(type(rows[0]))
    for name, get in plan.decimals:
        found = [value for value in map(get, rows) if value is not None]
        if found and not _meant(found):
            raise ContractError("number out of range", where=f"{where}.{name}")
    for name, get in plan.models:
        parts = [part for part in map(get, rows) if part is not None]
        if parts and isinstance(parts[0], list):
            parts = [one for part in parts for one in part]
        if parts:
            check_numbers(parts, where=f"{where}.{name}")


def _meant(found: list[Decimal]) -> bool:
    """Tell whether all of *found* are numbers that somebody can mean."""
    places = set(map(Decimal.adjusted, found))
    in_range = max(map(abs, places)) <= _MOST_DIGITS
    return in_range and all(map(Decimal.is_finite, found))


@functools.cache
def _plan(kind: type[Model]) -> _Plan:
    """Read the fields of *kind* once; models without any decimal below them are left out."""
    decimals: list[tuple[str, _Getter]] = []
    models: list[tuple[str, _Getter]] = []
    for field in msgspec.structs.fields(kind):
        parts = _parts(field.type)
        way = (field.encode_name, attrgetter(field.name))
        if Decimal in parts:
            decimals.append(way)
        inner = [part for part in parts if isinstance(part, type) and issubclass(part, Model)]
        if any(_plan(each).decimals or _plan(each).models for each in inner):
            models.append(way)
    return _Plan(tuple(decimals), tuple(models))


def _parts(annotation: Any) -> set[Any]:
    """Name the members of a union, and what a list holds."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType, list):
        return {part for each in get_args(annotation) for part in _parts(each)}
    return set() if origin is not None else {annotation}
