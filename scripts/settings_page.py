"""Write docs/reference/settings.md from the settings themselves: `python scripts/settings_page.py`."""

from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tomada.setting_kinds import is_secret, variables_of
from tomada.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "settings.md"
_HEAD = """\
# Settings

Settings come from the environment and are read once, at start. Where two names stand, either works, and the first that is set
counts. A secret, marked *file*, may lie in a file instead: its name with `_FILE` behind it names that, as in `PLUGGY_CLIENT_SECRET_FILE`.
This page is written from the code.

| Name | Default | What it does |
|---|---|---|
"""


def page() -> str:
    """Write the page."""
    rows = [_row(name, field) for name, field in sorted(Settings.model_fields.items())]
    return _HEAD + "".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    shown = " or ".join(f"`{one}`" for one in variables_of(name, field))
    shown += ", *file*" if is_secret(field) else ""
    return f"| {shown} | {_default(name, field)} | {field.description} |\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "data_dir":
        return "`tomada` in the user's data directory"
    value = field.default
    if is_secret(field) or value in (None, "", (), PydanticUndefined):
        return "none"
    if isinstance(value, tuple):
        return f"`{', '.join(str(one) for one in value)}`"
    return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
