"""How long a module and a function may get."""

import ast
from collections.abc import Iterator

MODULE_LINES = 400
FUNCTION_LINES = 60


def too_long(name: str, text: str) -> Iterator[str]:
    """Name the module when it is too long, and each function of it that is."""
    count = len(text.splitlines())
    if count > MODULE_LINES:
        yield f"{name}: {count} lines, {MODULE_LINES} are the end; split it by idea"
    for node in ast.walk(ast.parse(text, filename=name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {lines} lines, {FUNCTION_LINES} are the end"
