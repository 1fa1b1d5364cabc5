"""SQL stands in the store and in the PostgreSQL adapters, where its parameters are reviewed."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

STATEMENT = re.compile(
    r"\s*(?:"
    r"SELECT\s.+\sFROM\s|SELECT\s+[\w.]+\(|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s"
    r"|WITH\s+\w+\s+AS\s*\(|(?:CREATE|ALTER|DROP)\s+(?:TABLE|INDEX|ROLE|POLICY|SCHEMA|FUNCTION)\s"
    r"|TRUNCATE\s|GRANT\s+\w+.*\sON\s|COPY\s+\w+\s|LISTEN\s+\w|NOTIFY\s+\w|SET\s+LOCAL\s"
    r")",
    re.DOTALL,
)


def may_hold_sql(name: str) -> bool:
    """Tell whether SQL may stand in this module of the package."""
    path = PurePosixPath(name)
    inside = path.parts[2:]
    return inside[0] == "store" or (inside[0] == "adapters" and path.name == "postgres.py")


def statements(name: str, text: str) -> Iterator[str]:
    """Complain about each string that reads as a statement; SQL here is written in capitals.

    A docstring is prose and may quote a statement.
    """
    tree = ast.parse(text, filename=name)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in prose:
            continue
        if isinstance(node.value, str) and STATEMENT.match(node.value):
            yield f"{name}:{node.lineno}: SQL outside the store: {node.value.strip()[:40]!r}"
