"""Each direct dependency has one row that says why it is here, and each row a dependency."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

ROW = re.compile(r"^\|\s*`([A-Za-z0-9._-]+)`\s*\|(.+)\|\s*$")
NAME = re.compile(r"^[A-Za-z0-9._-]+")
CELLS = 3


def names(requirements: Iterable[str]) -> set[str]:
    """Take the names out of requirements."""
    return {found[0].lower() for each in requirements if (found := NAME.match(each))}


def declared(project: dict[str, Any]) -> set[str]:
    """Read the names of what the project asks for, to run, to build and to develop."""
    groups = project.get("dependency-groups", {}).values()
    extras = project["project"].get("optional-dependencies", {}).values()
    wanted = [
        *project["project"]["dependencies"],
        *(each for group in (*groups, *extras) for each in group if isinstance(each, str)),
    ]
    return names(wanted)


def rows(page: str) -> dict[str, list[str]]:
    """Read the rows of the page: the name, and what stands beside it."""
    found = (ROW.match(line) for line in page.splitlines())
    return {
        each[1].lower(): [cell.strip() for cell in each[2].split("|")] for each in found if each
    }


def unexplained(project: dict[str, Any], page: str) -> Iterator[str]:
    """Complain about a dependency without a full row, and about a row without a dependency."""
    wanted, told = declared(project), rows(page)
    for name in sorted(wanted - set(told)):
        yield f"{name}: has no row"
    for name in sorted(set(told) - wanted):
        yield f"{name}: has a row but is no dependency"
    for name, cells in sorted(told.items()):
        if len(cells) != CELLS or not all(cells):
            yield f"{name}: the row needs what for, why this one, licence"
