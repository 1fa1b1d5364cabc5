"""Refuse numbers that no bank can mean, such as 1e400, before anybody calculates with them.

Arithmetic on a decimal of a million digits would hold the process up.
"""

import functools
from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which fields of a model hold decimals, and which hold models that do; with how to get them.

    All of either kind are fetched at once, because every row of every list passes here.
    """

    decimals: tuple[str, ...]
    models: tuple[str, ...]
    get_decimals: Callable[[Model], tuple[Decimal | None, ...]]
    get_models: Callable[[Model], tuple[Any, ...]]


def check_numbers(found: Model) -> None:
    """Raise ContractError if a decimal in *found* is not finite, huge or minute."""
    plan = _plan(type(found))
    for value in plan.get_decimals(found):
        if value is not None and not (
            -_MOST_DIGITS <= value.adjusted() <= _MOST_DIGITS and value.is_finite()
        ):
            raise ContractError("number out of range", where=f"$.{_place(found, value)}")
    for part in plan.get_models(found):
        if part is None:
            continue
        if isinstance(part, list):
            for one in part:
                check_numbers(one)
        else:
            check_numbers(part)


def _place(found: Model, value: Decimal) -> str:
    """Find the field of *found* that holds *value* itself."""
    name = next(name for name in _plan(type(found)).decimals if getattr(found, name) is value)
    return _wire_name(type(found), name)


def _wire_name(kind: type[Model], name: str) -> str:
    fields = msgspec.structs.fields(kind)
    return next(field.encode_name for field in fields if field.name == name)


@functools.cache
def _plan(kind: type[Model]) -> _Plan:
    """Read the fields of *kind* once; models without any decimal below them are left out."""
    decimals: list[str] = []
    models: list[str] = []
    for field in msgspec.structs.fields(kind):
        parts = _parts(field.type)
        if Decimal in parts:
            decimals.append(field.name)
        inner = [part for part in parts if isinstance(part, type) and issubclass(part, Model)]
        if any(_plan(each).decimals or _plan(each).models for each in inner):
            models.append(field.name)
    return _Plan(tuple(decimals), tuple(models), _getter(decimals), _getter(models))


def _getter(names: list[str]) -> Callable[[Model], tuple[Any, ...]]:
    """Make a function that gets the fields *names*, always as a tuple."""
    match names:
        case []:
            return lambda _found: ()
        case [name]:
            get = attrgetter(name)
            return lambda found: (get(found),)
        case _:
            return attrgetter(*names)


def _parts(annotation: Any) -> set[Any]:
    """Name the members of a union, and what a list holds."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType, list):
        return {part for each in get_args(annotation) for part in _parts(each)}
    return set() if origin is not None else {annotation}
