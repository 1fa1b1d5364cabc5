"""Write docs/reference/settings.md from the settings themselves: `python scripts/settings_page.py`."""

from pathlib import Path

from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tomada.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "settings.md"
_HEAD = """\
# Settings

Settings come from the environment and are read once, at start. Where two names stand, either works. A secret may lie in a file instead:
`PLUGGY_CLIENT_SECRET_FILE`, `TOMADA_TOKEN_SECRET_FILE`, `TOMADA_PLUGGY_CLIENT_SECRET_FILE`, `TOMADA_DATABASE_URL_FILE` and `TOMADA_DATABASE_OWNER_URL_FILE` name it.
This page is written from the code.

| Name | Default | What it does |
|---|---|---|
"""


def page() -> str:
    """Write the page."""
    rows = [_row(name, field) for name, field in sorted(Settings.model_fields.items())]
    return _HEAD + "".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    names = alias.choices if isinstance(alias, AliasChoices) else [f"TOMADA_{name.upper()}"]
    shown = " or ".join(f"`{one}`" for one in names)
    return f"| {shown} | {_default(name, field)} | {field.description} |\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`tomada` in the user's data directory"
    value = field.default
    if name.endswith("secret") or value in (None, "", (), PydanticUndefined):
        return "none"
    if isinstance(value, tuple):
        return f"`{', '.join(str(one) for one in value)}`"
    return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
