"""Write the reference page of the simulator's endpoints: `python -m <this module>` rewrites it."""

import ast
import inspect
import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from starlette.routing import Route

from tests.contract.client.legacy_operations import LEGACY
from tests.contract.simulator_products.inferences import INFERRED, MISSING
from tomada.simulator import SimulatorSettings, create_app, new_world
from tomada.simulator.payments.settings import PaymentSettings
from tomada.simulator.products.settings import ProductSettings

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "simulator-endpoints.md"
CONTRACT = json.loads((Path(__file__).parents[1] / "pluggy-contract.json").read_text())

HEAD = """\
# The simulator's endpoints

`tomada simulate` answers every operation of the Pluggy API. Each answer is held against the published schema by a test. What the provider does not publish is inferred; where more than one reading is sensible, it is a setting.

"Faithful" is as the provider documents it; "inferred" is that too, save for what stands beside it, which is our reading.

This page is written by `python -m tests.contract.simulator_products.endpoints`, and a test compares it.
"""

LEFTOVERS_NOTE = (
    "They are in official clients and no longer in the published document, so all they answer is "
    "inferred."
)
SETTINGS_NOTE = (
    "Python names, for `SimulatorSettings(…)`; the second table goes into its `products`, the third "
    "into its `payments`."
)


def operation_name(method: str, path: str) -> str:
    """Name an operation without the names of its ids."""
    return f"{method.upper()} {re.sub(r'{[^}]+}', '{}', path)}"


def published() -> list[tuple[str, str]]:
    """List method and path of every operation of the contract."""
    return [
        (verb.upper(), path)
        for path, verbs in sorted(CONTRACT["paths"].items())
        for verb in ("get", "post", "patch", "put", "delete")
        if verb in verbs
    ]


def leftovers() -> list[tuple[str, str]]:
    """List method and path of what only older clients know."""
    found = (one.name.split(" ", 1) for one in LEGACY)
    return sorted(((method, path) for method, path in found), key=lambda pair: pair[::-1])


def routed() -> set[str]:
    """Name every operation that the simulator has a route for."""
    app = create_app(new_world(SimulatorSettings()))
    return {
        operation_name(method, route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }


def page() -> str:
    """Write the whole page."""
    return "\n".join(
        [
            HEAD,
            "## Published operations",
            "",
            *_table(published(), is_published=True),
            "",
            "## Operations that only older clients know",
            "",
            LEFTOVERS_NOTE,
            "",
            *_table(leftovers(), is_published=False),
            "",
            "## Missing",
            "",
            *(f"- {one}" for one in MISSING),
            "",
            "## Settings",
            "",
            SETTINGS_NOTE,
            "",
            *_settings(SimulatorSettings),
            "",
            "### Products beside accounts",
            "",
            *_settings(ProductSettings),
            "",
            "### Payments",
            "",
            *_settings(PaymentSettings),
            "",
        ]
    )


def _table(operations: list[tuple[str, str]], *, is_published: bool) -> Iterator[str]:
    there = routed()
    yield "| Method | Path | State | What is inferred |"
    yield "|---|---|---|---|"
    for method, path in operations:
        name = operation_name(method, path)
        # All that an operation without a published document answers is inferred.
        guessed = name in INFERRED or not is_published
        state = ("inferred" if guessed else "faithful") if name in there else "missing"
        yield f"| {method} | `{path}` | {state} | {INFERRED.get(name, '')} |"


def _settings(settings: type[Any]) -> Iterator[str]:
    yield "| Setting | Default | What it says |"
    yield "|---|---|---|"
    said = _comments(settings)
    for one in fields(settings):
        if one.name in {"products", "payments"}:
            continue
        default = getattr(settings(), one.name)
        shown = default.__name__ if callable(default) else repr(default)
        shown = re.sub(r"frozenset\(\{(.*)\}\)", r"{\1}", shown).replace("datetime.", "")
        yield f"| `{one.name}` | `{shown}` | {said.get(one.name, '')} |"


def _comments(settings: type[Any]) -> dict[str, str]:
    """Read the comment above each field; a field right below another one shares it."""
    source = inspect.getsource(settings)
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    }
    (body,) = ast.parse(source).body
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            lines: list[str] = []
            line = node.lineno - 1
            while line in comments:
                lines.insert(0, comments[line])
                line -= 1
            found[node.target.id] = " ".join(lines)
    return found


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
