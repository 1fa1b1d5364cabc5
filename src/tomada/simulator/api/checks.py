"""Check the fields of request bodies, gathering every message before refusing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tomada.simulator.connectors import PRODUCTS
from tomada.simulator.refusals import invalid


@dataclass(slots=True)
class Checks:
    """The fields of one body, and what is wrong with them so far."""

    fields: Mapping[str, Any]
    wrong: list[str] = field(default_factory=list)

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Read a string; null counts as not given."""
        value = self.fields.get(name)
        if isinstance(value, str) and (value or not required):
            return value
        if value is not None or required:
            self.wrong.append(f"{name} must be a string")
        return None

    def whole(self, name: str) -> int:
        """Read a required whole number."""
        value = self.fields.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.wrong.append(f"{name} must be a number conforming to the specified constraints")
        return 0

    def flag(self, name: str) -> bool | None:
        """Read a boolean; null counts as not given."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, bool):
            self.wrong.append(f"{name} must be a boolean value")
            return None
        return value

    def text_map(self, name: str) -> dict[str, str] | None:
        """Read an object of strings; null counts as not given."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            self.wrong.append(f"{name} must be an object of strings")
            return None
        return value

    def products(self, name: str = "products") -> list[str] | None:
        """Read a list of products; null counts as not given."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(one in PRODUCTS for one in value):
            names = ", ".join(PRODUCTS)
            self.wrong.append(f"each value in {name} must be one of the following values: {names}")
            return None
        return value

    def done(self) -> None:
        """Refuse with everything that was wrong."""
        if self.wrong:
            raise invalid(self.wrong)
