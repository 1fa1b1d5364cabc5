"""Names a module may not have, because they say nothing or because they are taken."""

from collections.abc import Iterator
from pathlib import PurePosixPath

EMPTY_WORDS = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "data"})
# pytest's plugin library has this import name; a package of ours would hide it.
TAKEN = "pluggy"


def bad_names(name: str) -> Iterator[str]:
    """Complain about a source file by its path alone."""
    path = PurePosixPath(name)
    for part in (*path.parts[:-1], path.stem):
        if part in EMPTY_WORDS:
            yield f"{name}: '{part}' says nothing; name the idea"
    inside = path.parts[1:] if path.parts[0] == "src" else path.parts
    if inside and PurePosixPath(inside[0]).stem == TAKEN:
        yield f"{name}: '{TAKEN}' is the import name of another library"
