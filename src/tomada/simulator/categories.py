"""The category tree, as the provider publishes it (130 entries in `categories.tsv`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Category:
    """One category; *parent_id* is None at the root."""

    id: str
    description: str
    translated: str
    parent_id: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Categories:
    """All categories by id."""

    by_id: Mapping[str, Category]

    @classmethod
    def load(cls) -> "Categories":
        """Read the table that comes with the package."""
        text = files("tomada.simulator").joinpath("categories.tsv").read_text(encoding="utf-8")
        rows = (line.split("\t") for line in text.splitlines())
        return cls({row[0]: Category(row[0], row[1], row[2], row[3] or None) for row in rows})

    def shape(self, one: Category) -> dict[str, Any]:
        """Show one; a root has no parent keys at all."""
        shape = {
            "id": one.id,
            "description": one.description,
            "descriptionTranslated": one.translated,
        }
        if one.parent_id is None:
            return shape
        # The third level below "Financing" points at the root, but is named after the second.
        near = self.by_id.get(f"{one.id[:4]}0000")
        parent = near if near is not None and near is not one else self.by_id[one.parent_id]
        return shape | {"parentId": one.parent_id, "parentDescription": parent.description}
