"""Pluggy's categories, with their names in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """One category; the first two digits of *id* name its root, the first four its branch."""

    id: str
    english: str
    portuguese: str | None
    parent_id: str | None
