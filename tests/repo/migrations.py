"""Migrations are one chain: each number once, each after the one before."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath


def broken(sources: Mapping[str, str]) -> Iterator[str]:
    """Complain about each migration whose number or predecessor is not the next in line."""
    before: str | None = None
    for place, name in enumerate(sorted(sources), start=1):
        number, said = f"{place:04}", _said(sources[name])
        if not PurePosixPath(name).name.startswith(f"{number}_"):
            yield f"{name}: its number should be {number}"
        if said != (number, before):
            yield f"{name}: revision and down_revision are {said}, not {(number, before)}"
        before = number


def _said(text: str) -> tuple[object, object]:
    named: dict[str, object] = {}
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                named[name] = value
            case _:
                continue
    return named.get("revision"), named.get("down_revision")
