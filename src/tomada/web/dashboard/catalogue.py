"""What the dashboard says, in the language of whoever reads it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

Language = Literal["pt-BR", "en"]
LANGUAGES: tuple[Language, ...] = ("pt-BR", "en")
DEFAULT: Language = "pt-BR"


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language; called with a key and the values its braces name.

    An unknown key or a missing value raises ``KeyError``: a hole in a catalogue is a defect, never
    a blank on the screen. Values are put in as they are; the template escapes the result.
    """

    language: Language
    sentences: Mapping[str, str]
    categories: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Give the sentence of *key*."""
        sentence = self.sentences[key]
        return sentence.format_map(values) if values else sentence

    def known(self, key: str) -> str | None:
        """Give the sentence of *key*, or None: for words the provider may invent tomorrow."""
        return self.sentences.get(key)

    def category(self, category_id: str | None, name: str | None) -> str | None:
        """Name a category: our short word for a known id, else the provider's own."""
        return self.categories.get(category_id or "", name or None)

    @property
    def for_scripts(self) -> dict[str, str]:
        """Give the sentences that the page's own scripts show, spans of time among them."""
        return {
            key.removeprefix("js."): sentence
            for key, sentence in self.sentences.items()
            if key.startswith(("js.", "ago."))
        }


def load_texts() -> Mapping[Language, Texts]:
    """Read the catalogues that come with the package."""
    return MappingProxyType({language: _load(language) for language in LANGUAGES})


def _load(language: Language) -> Texts:
    folder = files("tomada.web.dashboard") / "texts"
    sentences = dict(_flat(tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))))
    named = folder / f"categories.{language}.toml"
    categories = tomllib.loads(named.read_text("utf-8")) if named.is_file() else {}
    return Texts(language, MappingProxyType(sentences), MappingProxyType(categories))


def _flat(tree: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def choose_language(asked: str | None, kept: str | None, accepted: str) -> Language:
    """Pick the language: what the address asks for, else the cookie, else ``Accept-Language``.

    Portuguese where nothing known is named: it is a Brazilian product.
    """
    for wish in (asked, kept):
        for language in LANGUAGES:
            if wish == language:
                return language
    ranked = sorted(_ranges(accepted), key=lambda pair: -pair[1])
    for tag, _ in ranked:
        if tag.startswith("pt"):
            return "pt-BR"
        if tag.startswith("en"):
            return "en"
    return DEFAULT


def _ranges(accepted: str) -> Iterator[tuple[str, int]]:
    """Yield language tags with their weight in thousandths; what cannot be read weighs nothing."""
    for part in accepted[:200].split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        digits = weight.strip()
        if not tag:
            continue
        if not digits or digits.startswith("1"):
            yield tag, 1000
        elif digits.startswith("0.") and digits[2:].isdecimal():
            yield tag, int(digits[2:5].ljust(3, "0"))
