"""Invent a value for any schema of the contract, with every field filled."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

INSTANT = "2026-11-20T12:00:00.000Z"
WHOLE = 7


@dataclass(frozen=True, slots=True)
class Inventor:
    """Invents; *whole* names the number fields that are integers."""

    schemas: dict[str, Any]
    whole: set[str]

    def of(self, schema: dict[str, Any]) -> Any:
        """Invent a value of *schema*; words are ones that no enumeration knows."""
        if "ref" in schema:
            return self.of(self.schemas[schema["ref"]])
        if "oneOf" in schema:
            return self.of(schema["oneOf"][0])
        if "allOf" in schema:
            parts = [self.of(part) for part in schema["allOf"]]
            return {name: value for part in parts for name, value in part.items()}
        if "fields" in schema:
            return {name: self._field(name, each) for name, each in schema["fields"].items()}
        return self._plain(schema)

    def _field(self, name: str, schema: dict[str, Any]) -> Any:
        is_number = _kind(schema) in {"number", "integer"}
        return WHOLE if is_number and name in self.whole else self.of(schema)

    def _plain(self, schema: dict[str, Any]) -> Any:
        dated = schema.get("format") in {"date", "date-time"}
        values: dict[str, Callable[[], Any]] = {
            "array": lambda: [self.of(schema["items"])],
            "string": lambda: INSTANT if dated else "A_WORD_ADDED_LATER",
            "boolean": lambda: True,
            "integer": lambda: WHOLE,
            "number": lambda: Decimal("1.25"),
        }
        return values.get(_kind(schema), lambda: {"free": "x"})()


def _kind(schema: dict[str, Any]) -> str:
    """Read the type, which can be a list with null in it."""
    kind = schema.get("type", "")
    named = kind if isinstance(kind, list) else [kind]
    return next((str(each) for each in named if each != "null"), "")
