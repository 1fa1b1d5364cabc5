"""What the code imports is what the project asks for, not what happens to come along."""

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence


def foreign(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and first name of each import from outside the standard library and ourselves."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                modules = [each.name for each in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        for module in modules:
            first = module.split(".")[0]
            if first not in sys.stdlib_module_names and first != "tomada":
                yield node.lineno, first


def undeclared(
    name: str, text: str, declared: set[str], origins: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Complain about imports whose distribution the project does not ask for itself.

    *origins* maps an import name to the distributions that bring it.
    """
    for line, module in foreign(text):
        brought_by = {each.lower().replace("_", "-") for each in origins.get(module, ())}
        if not brought_by & declared:
            yield f"{name}:{line}: imports {module}, which no direct dependency brings"
