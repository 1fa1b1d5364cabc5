"""Hold answers against the published schemas.

Fields may be absent or null unless required; what the schema does not know is a violation, save
for the few fields that are documented elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

# Fields that the official clients' types or the published samples have and the schemas lack.
DOCUMENTED_ELSEWHERE = {
    "Item": {"clientUserId", "createdAt"},
    "Connector": {"isSandbox"},
    "Bill": {"accountId", "createdAt", "updatedAt"},
}
_FIRST_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Contract:
    """The published paths and schemas."""

    paths: Mapping[str, Any]
    schemas: Mapping[str, Any]

    @classmethod
    def load(cls) -> "Contract":
        text = (Path(__file__).parent.parent / "pluggy-contract.json").read_bytes()
        content = msgspec.json.decode(text)
        return cls(content["paths"], content["schemas"])

    def answer_violations(self, *, method: str, path: str, status: int, content: Any) -> list[str]:
        """List what is wrong with an answer of an operation."""
        responses = self.paths[path][method.lower()]["responses"]
        # Webhooks are created with 200, whatever the document says: its own client needs that.
        schema = responses.get(str(status)) or responses["201" if status == 200 else "500"]
        return list(self.violations(content, schema, "answer"))

    def violations(self, value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
        if "ref" in schema:
            yield from self._named(value, schema["ref"], where)
        elif "enum" in schema:
            if value not in schema["enum"]:
                yield f"{where}: {value!r} is none of {schema['enum']}"
        elif schema.get("type") == "array":
            if not isinstance(value, list):
                yield f"{where}: {value!r} is no list"
                return
            for index, one in enumerate(value):
                yield from self.violations(one, schema["items"], f"{where}[{index}]")
        elif schema.get("type") == "object":
            yield from self._object(value, schema, where, known=set())
        else:
            yield from _scalar(value, schema, where)

    def _named(self, value: Any, name: str, where: str) -> Iterator[str]:
        schema = self.schemas[name]
        if schema.get("type") == "object":
            known = DOCUMENTED_ELSEWHERE.get(name, set())
            yield from self._object(value, schema, f"{where}<{name}>", known=known)
        else:
            yield from self.violations(value, schema, f"{where}<{name}>")

    def _object(
        self, value: Any, schema: Mapping[str, Any], where: str, *, known: set[str]
    ) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no object"
            return
        fields = schema.get("fields", {})
        required = schema.get("required", [])
        for name in required:
            may_be_null = name in value and fields.get(name, {}).get("nullable")
            if value.get(name) is None and not may_be_null:
                yield f"{where}: {name} is missing"
        for name, one in value.items():
            if name in fields:
                if one is not None:
                    yield from self.violations(one, fields[name], f"{where}.{name}")
            elif fields and name not in known:
                yield f"{where}: {name} is not in the schema"


def _scalar(value: Any, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    right: dict[Any, type | tuple[type, ...]] = {
        "string": str,
        "boolean": bool,
        "number": (int, float),
        "integer": int,
    }
    if kind in right and (
        not isinstance(value, right[kind]) or (isinstance(value, bool) and kind != "boolean")
    ):
        yield f"{where}: {value!r} is no {kind}"
    elif schema.get("format") == "date-time" and not _is_instant(value):
        yield f"{where}: {value!r} is no instant"


def _is_instant(value: str) -> bool:
    if _FIRST_DAY.match(value):
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
