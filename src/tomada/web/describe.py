"""What the API description says of bodies that the framework does not see."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from fastapi import FastAPI

from tomada.web.bodies import Body
from tomada.web.errors import MEDIA_TYPE

_REF = "#/components/schemas/{name}"
_PROBLEM = {"$ref": "#/components/responses/Problem"}
# What the edge and the layers behind it may say to any request, whatever it asks for.
_ANYWHERE = (
    400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 415, 421, 422, 429, 431, 500, 502, 503,
)  # fmt: skip


def takes(model: type[Body]) -> dict[str, Any]:
    """Describe a JSON body, for ``openapi_extra``."""
    schema = model.model_json_schema(by_alias=True)
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def gives(
    shape: type[msgspec.Struct],
    *,
    status: int = 200,
    others: Mapping[int, type[msgspec.Struct]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Describe the JSON of the good answer, as arguments of a route, and of *others* by status."""
    return {
        "status_code": status,
        "response_model": None,
        "responses": {
            code: {
                "description": (one.__doc__ or "").partition("\n")[0],
                "content": {
                    "application/json": {"schema": {"$ref": _REF.format(name=one.__name__)}}
                },
            }
            for code, one in {status: shape, **others}.items()
        },
    }


def describe_shapes(app: FastAPI, shapes: list[type[msgspec.Struct]]) -> None:
    """Add the shapes that routes refer to to the description *app* gives of itself."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        document = describe()
        _, components = msgspec.json.schema_components(shapes, ref_template=_REF)
        document.setdefault("components", {}).setdefault("schemas", {}).update(
            {name: _numbers(schema) for name, schema in components.items()}
        )
        _describe_problems(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way the framework documents


def _describe_problems(document: dict[str, Any]) -> None:
    """Add the one shape of everything that goes wrong, and to each operation that it may."""
    components = document["components"]
    components["schemas"]["Problem"] = {
        "type": "object",
        "description": "Problem details of RFC 9457; some kinds have further members.",
        "required": ["type", "title", "status", "detail", "instance", "code", "error"],
        "properties": {
            **{
                name: {"type": "string"}
                for name in ("type", "title", "detail", "instance", "code", "error")
            },
            "status": {"type": "integer"},
        },
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
    components["responses"] = {"Problem": {"description": "It went wrong.", "content": content}}
    for operations in document["paths"].values():
        for operation in operations.values():
            # The framework's own refusal of parameters, which is not what is answered here.
            operation["responses"].pop("422", None)
            for status in _ANYWHERE:
                operation["responses"].setdefault(str(status), _PROBLEM)


def _numbers(schema: Any) -> Any:
    """Describe decimals as the numbers they are written as."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            return {"type": "number"}
        return {name: _numbers(part) for name, part in schema.items()}
    return [_numbers(part) for part in schema] if isinstance(schema, list) else schema
