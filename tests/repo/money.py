"""No float where money is: a float cannot hold ten centavos."""

import ast
from collections.abc import Iterator, Mapping

# File → what in it may be a float, and why. A duration may; an amount never.
Allowed = Mapping[str, Mapping[str, str]]


def floats(name: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of each float: the word itself, or the place a literal stands in.

    The word is found as a call, an annotation or an argument; a literal is named after the
    assignment, parameter or keyword it belongs to, or after its own digits. Dividing counts as
    well, since two integers divide into a float; it is named ``/`` where it belongs to nothing.
    """
    tree = ast.parse(text, filename=name)
    owners = {id(value): owner for owner, value in _owned(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, owners.get(id(node), "float")
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, owners.get(id(node), repr(node.value))
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield node.lineno, owners.get(id(node), "/")


def _owned(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Pair the parts of each assignment, parameter and keyword with its name."""
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(target=ast.Name(id=owner) | ast.Attribute(attr=owner)):
                parts: list[ast.AST | None] = [node.annotation, node.value]
            case ast.Assign(targets=[ast.Name(id=owner) | ast.Attribute(attr=owner)]):
                parts = [node.value]
            case ast.arg(arg=owner) if node.annotation:
                parts = [node.annotation]
            case ast.keyword(arg=str(owner)):
                parts = [node.value]
            case ast.FunctionDef(name=owner) | ast.AsyncFunctionDef(name=owner):
                parts = [node.returns]
                yield from _defaults(node.args)
            case _:
                continue
        for part in parts:
            if part is not None:
                yield from ((owner, inner) for inner in ast.walk(part))


def _defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.AST]]:
    """Pair each default value with the name of its parameter."""
    places = [*arguments.posonlyargs, *arguments.args]
    late = places[len(places) - len(arguments.defaults) :]
    for place, value in zip(late, arguments.defaults, strict=True):
        yield place.arg, value
    for place, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield place.arg, default


def forbidden(name: str, text: str, allowed: Allowed) -> Iterator[str]:
    """Complain about each float that the list does not allow in this file."""
    for line, owner in floats(name, text):
        if owner not in allowed.get(name, {}):
            yield f"{name}:{line}: float in '{owner}'; money is Decimal, and a duration is listed"


def stale(sources: Mapping[str, str], allowed: Allowed) -> Iterator[str]:
    """Complain about permissions nobody needs any more."""
    for name, owners in allowed.items():
        used = {owner for _, owner in floats(name, sources.get(name, ""))}
        for owner in sorted(set(owners) - used):
            yield f"{name}: '{owner}' is allowed to be a float but is none"
