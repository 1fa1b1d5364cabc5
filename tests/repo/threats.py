"""What a page names as a test: the file and the function, both of which must be there."""

import ast
import re
from collections.abc import Iterator, Mapping

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| (?!Threat |Asset |-)[^|]+\|[^|]+\|([^|]*)\|\s*$", re.MULTILINE)


def named(text: str) -> list[tuple[str, str]]:
    """Read the tests that a page names."""
    return NAMED.findall(text)


def missing(text: str, sources: Mapping[str, str]) -> Iterator[str]:
    """Complain about each test that a page names and that is not there."""
    for path, function in named(text):
        tree = ast.parse(sources.get(path, ""))
        known = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        if function not in known:
            yield f"{path}::{function} is not there"


def unproven(text: str) -> Iterator[str]:
    """Complain about each threat of a table that names no test."""
    for row in ROW.finditer(text):
        if not NAMED.search(row[1]):
            yield row[0].strip()
