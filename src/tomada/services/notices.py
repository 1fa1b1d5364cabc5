"""The consent notice: texts in files of the package, filled in for one bank and one controller."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from tomada.domain.consents import NOTICE_VERSION, Notice, NoticePurpose
from tomada.domain.controller import Controller
from tomada.domain.errors import InvalidInputError
from tomada.domain.purposes import PURPOSES

LOCALES = ("pt-BR", "en")


class _Switch(msgspec.Struct, frozen=True):
    label: str
    text: str


class _Paragraph(msgspec.Struct, frozen=True):
    heading: str
    text: str


class _Text(msgspec.Struct, frozen=True):
    """A file as it stands; braces name what is filled in."""

    title: str
    adult: str
    agree: str
    paragraphs: tuple[_Paragraph, ...]
    purposes: dict[str, _Switch]


@dataclass(frozen=True, slots=True)
class Notices:
    """Writes the notice of today."""

    controller: Controller
    version: str = field(default=NOTICE_VERSION)

    def write(self, institution: str, locale: str) -> Notice:
        """Fill in the notice for one bank; raises ``InvalidInputError`` for an unknown language."""
        if locale not in LOCALES:
            raise InvalidInputError("locale is pt-BR or en", field="locale")
        text, who = _load(self.version, locale), self.controller
        values = {
            "institution": institution,
            "controller": who.name,
            "cnpj": who.cnpj_written,
            "contact": who.contact,
            "dpo": who.dpo_name,
            "dpo_contact": who.dpo_contact,
            "transfers": "; ".join(who.transfers),
        }
        title = text.title.format_map(values)
        paragraphs = tuple((p.heading, p.text.format_map(values)) for p in text.paragraphs)
        purposes = tuple(
            NoticePurpose(
                code=one.code,
                label=text.purposes[one.code].label,
                text=text.purposes[one.code].text,
                basis=one.basis,
                mandatory=one.mandatory,
            )
            for one in PURPOSES
        )
        exact = [self.version, locale, title, paragraphs, purposes, text.adult, text.agree]
        switches = [[p.code, p.label, p.mandatory, False] for p in purposes]
        form = [*switches, ["adult", text.adult, True, False], ["agree", text.agree]]
        return Notice(
            version=self.version,
            locale=locale,
            institution=institution,
            title=title,
            paragraphs=paragraphs,
            purposes=purposes,
            adult_label=text.adult,
            agree_label=text.agree,
            sha256=digest_of(exact),
            form_sha256=digest_of(form),
        )


def exact_text(shown: Mapping[str, Any]) -> str:
    """Write a kept notice the way its SHA-256 was taken."""
    switches = ("purposes", "adult_label") if "purposes" in shown else ()
    parts = ("version", "locale", "title", "paragraphs", *switches, "agree_label")
    return msgspec.json.encode([shown[part] for part in parts]).decode()


def digest_of(exact: Any) -> str:
    """Give the SHA-256 of a value's JSON as msgspec writes it: no spaces, in the order given."""
    return hashlib.sha256(msgspec.json.encode(exact)).hexdigest()


@cache
def _load(version: str, locale: str) -> _Text:
    file = files("tomada.services").joinpath("notice_texts", f"{version}.{locale}.toml")
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), _Text)
