"""Finding rows by their words: what is sealed is opened and compared here, many rows at a time."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

_BETWEEN = "\x00"


class Words(msgspec.Struct, frozen=True, gc=False):
    """What a search looks at of a row's ``Detail``."""

    description: str
    merchant: str | None
    category: str | None
    category_id: str | None


@dataclass(frozen=True, slots=True)
class Search:
    """Words that must all be somewhere in a row.

    *categories* gives category ids the names that the reader sees, to be found by them too.
    """

    words: tuple[str, ...]
    categories: Mapping[str, str]

    def matches(self, rows: Iterable[Words], own: Iterable[str]) -> list[bool]:
        """Tell for each row whether it has every word; *own* is what a person wrote to each.

        All rows are folded as one text: one call for a thousand rows costs a fraction of a
        thousand calls. None of their own texts contains what is put between them.
        """
        texts = _BETWEEN.join(map(self._text, rows, own))
        words = self.words
        return [all(w in text for w in words) for text in folded(texts).split(_BETWEEN)]

    def _text(self, row: Words, own: str) -> str:
        shown = self.categories.get(row.category_id or "", "")
        text = f"{row.description}\n{row.merchant or ''}\n{row.category or ''}\n{shown}\n{own}"
        return text.replace(_BETWEEN, " ") if _BETWEEN in text else text


def search_of(q: str | None, categories: Mapping[str, str] | None) -> Search | None:
    """Read what a person typed; None where that is nothing."""
    words = tuple(folded(q or "").split())
    return Search(words, categories or {}) if words else None


def folded(text: str) -> str:
    """Fold case and accents, so that *cafe* finds *Café*."""
    lower = text.casefold()
    if lower.isascii():
        return lower
    plain = unicodedata.normalize("NFKD", lower)
    # A text has few different marks and many characters: one pass for each mark is quickest.
    for mark in filter(unicodedata.combining, set(plain)):
        plain = plain.replace(mark, "")
    return plain
