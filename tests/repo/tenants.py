"""Row-level security is the second lock; the first is that each statement names the entity itself."""

import ast
import re
from collections.abc import Iterator, Mapping

_CALLS = frozenset({"execute", "executemany", "fetch", "fetchrow", "fetchval"})
_MIGRATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \((.*?)\n\s*\)", re.DOTALL)
_NAMED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)")
_SCOPED = re.compile(r"\bentity_id\b")


def entity_tables(migrations: Iterator[str]) -> set[str]:
    """Name the tables whose rows belong to an entity, from what the migrations make."""
    found: set[str] = set()
    for text in migrations:
        found |= {
            name for name, columns in _MIGRATED.findall(text)
            if re.search(r"^\s*entity_id uuid", columns, re.MULTILINE)
        }  # fmt: skip
    return found


def unscoped(name: str, text: str, *, tables: set[str], allowed: Mapping[str, str]) -> list[str]:
    """Complain about each statement on an entity's table that does not name the entity.

    Statements put together from constants of the module are followed; what is only known at run
    time is not.
    """
    tree = ast.parse(text, filename=name)
    known = _constants(tree)
    complaints = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in _CALLS or not node.args:
                continue
            statement = _text(node.args[0], known)
            mine = set(_NAMED.findall(statement)) & tables
            adds = statement.lstrip().startswith("INSERT")
            where = statement if adds else statement.partition("WHERE")[2]
            if mine and not _SCOPED.search(where) and f"{name}:{function.name}" not in allowed:
                complaints.append(f"{name}:{node.lineno}: {function.name} leaves the entity out")
    return complaints


def _constants(tree: ast.Module) -> dict[str, str]:
    known: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            known[node.targets[0].id] = _text(node.value, known)
    return known


def _text(node: ast.expr, known: Mapping[str, str]) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.JoinedStr(values=parts):
            return "".join(_text(part, known) for part in parts)
        case ast.FormattedValue(value=value):
            return _text(value, known)
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return _text(one, known) + _text(other, known)
        case _:
            return ""
