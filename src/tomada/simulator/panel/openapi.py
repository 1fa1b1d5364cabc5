"""Describe the control API in OpenAPI, from the routes that are there."""

import re
from collections.abc import Iterator
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call
from tomada.simulator.panel.bodies import BODIES, QUERIES, TELLS

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_ANYTHING = {"type": "object"}


def description(call: Call) -> Any:
    """Give the description of every control route of this simulator."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method in operations(call.request.app.routes):
        paths.setdefault(path, {})[method.lower()] = _operation(path, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Control API of the simulator",
            "version": "1",
            "description": "The bank's side of a local Pluggy. It needs no key.",
        },
        "servers": [{"url": call.origin}],
        "paths": paths,
    }


def operations(routes: list[Any]) -> Iterator[tuple[str, str]]:
    """List path and method of each control route, without the page and its files."""
    for route in routes:
        if not isinstance(route, Route) or not route.include_in_schema:
            continue
        if not route.path.startswith("/_simulator/") or route.path.startswith("/_simulator/logo/"):
            continue
        for method in sorted((route.methods or set()) - {"HEAD"}):
            yield _PARAMETER.sub(r"{\1}", route.path), method


def _operation(path: str, method: str) -> dict[str, Any]:
    key = f"{method} {path}"
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]
    parameters += [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in QUERIES.get(key, {}).items()
    ]
    words = path.removeprefix("/_simulator/").replace("{", "").replace("}", "")
    told: dict[str, Any] = {
        "operationId": "-".join([method.lower(), *re.split(r"\W+", words)]),
        "summary": TELLS.get(key, words.replace("/", " ")),
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": _ANYTHING}}},
            "400": {"description": "A field or a query value is wrong; the message says which"},
        },
    }
    if parameters:
        told["parameters"] = parameters
        if _PARAMETER.search(path):
            told["responses"]["404"] = {"description": "There is none of that id"}
    if method in {"POST", "PATCH"}:
        schema = BODIES.get(key, _ANYTHING)
        content = {"application/json": {"schema": schema}}
        told["requestBody"] = {"required": "required" in schema, "content": content}
    return told
