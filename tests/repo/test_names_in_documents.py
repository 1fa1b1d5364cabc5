"""A setting that a document names is one the program reads."""

import re

from pydantic import AliasChoices

from tests.repo.checkout import texts
from tomada.settings import Settings

SETTING = re.compile(r"\b(?:TOMADA|PLUGGY)_[A-Z][A-Z_]*[A-Z]\b|\bAPP_URL\b")

# Read by Pluggy's own Node SDK, which the documents tell how to meet the simulator.
FOREIGN = {"PLUGGY_API_URL"}


def readable() -> set[str]:
    """Name every variable the settings are read from."""
    found: set[str] = set()
    for name, field in Settings.model_fields.items():
        if isinstance(field.validation_alias, AliasChoices):
            found.update(str(choice) for choice in field.validation_alias.choices)
        else:
            found.add(f"TOMADA_{name.upper()}")
    return found


def unread(text: str, read_elsewhere: set[str]) -> set[str]:
    known = readable() | FOREIGN | read_elsewhere
    return {name for name in SETTING.findall(text) if name.removesuffix("_FILE") not in known}


def test_every_setting_in_a_document_is_read_by_the_program() -> None:
    code = {
        name for _, text in texts("src/tomada/*.py", "scripts/*") for name in SETTING.findall(text)
    }

    strangers = {name: unread(text, code) for name, text in texts("*.md")}

    assert {name: each for name, each in strangers.items() if each} == {}


def test_a_setting_nobody_reads_is_found() -> None:
    text = "Set `TOMADA_HOTS` or `TOMADA_HOST`, `PLUGGY_CLIENT_SECRET_FILE`, `APP_URL`."

    assert unread(text, set()) == {"TOMADA_HOTS"}
