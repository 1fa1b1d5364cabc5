"""Places that may not be written into a tracked file: registries, and one person's machine."""

import re
from collections.abc import Iterator

REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|yarnpkg)[a-z]*\.(?:org|com|io)\b", re.IGNORECASE
)
MACHINE = re.compile(r"(?<![\w.$}~-])/(?:work|farm|home|Users)/[\w.]")
ANOTHER_LOCK = re.compile(
    r"(?:^|/)(?:uv\.lock|poetry\.lock|Pipfile\.lock|yarn\.lock|pnpm-lock\.yaml)$"
)


def places(name: str, text: str) -> Iterator[str]:
    """Complain about each line that names such a place, and about a lock that always does."""
    if ANOTHER_LOCK.search(name):
        yield f"{name}: this lock names registries; the locks are requirements/ and npm's"
    for number, line in enumerate(text.splitlines(), start=1):
        if REGISTRY.search(line):
            yield f"{name}:{number}: names a package registry by its host"
        if MACHINE.search(line):
            yield f"{name}:{number}: names a path of one machine"
