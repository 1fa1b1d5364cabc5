"""What the API description says of bodies that the framework does not see."""

from typing import Any

import msgspec
from fastapi import FastAPI

from tomada.web.bodies import Body

_REF = "#/components/schemas/{name}"


def takes(model: type[Body]) -> dict[str, Any]:
    """Describe a JSON body, for ``openapi_extra``."""
    schema = model.model_json_schema(by_alias=True)
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def gives(shape: type[msgspec.Struct], *, status: int = 200) -> dict[str, Any]:
    """Describe the JSON of the good answer, as arguments of a route."""
    schema = {"$ref": _REF.format(name=shape.__name__)}
    answer = {"description": (shape.__doc__ or "").partition("\n")[0]}
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    return {
        "status_code": status,
        "response_model": None,
        "responses": {status: {**answer, "content": content}},
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
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the way the framework documents


def _numbers(schema: Any) -> Any:
    """Describe decimals as the numbers they are written as."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            return {"type": "number"}
        return {name: _numbers(part) for name, part in schema.items()}
    return [_numbers(part) for part in schema] if isinstance(schema, list) else schema
