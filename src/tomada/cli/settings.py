"""``tomada settings``: what each setting is, and where that comes from."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from tomada.cli.env_file import ENV_FILE, read_env_file
from tomada.setting_kinds import is_secret, variables_of
from tomada.settings import Settings

_HIDDEN = "set, not shown"
_SECRET = ("secret", "token", "url")
"""The endings of names whose values may hold a password."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting: its variable, what it is, where that comes from, what it does."""

    name: str
    value: str
    source: str
    effect: str


async def settings(
    *, as_json: Annotated[bool, Parameter(name="--json", negative=())] = False
) -> None:
    """Print each setting with where it comes from and what it does. Changes nothing.

    Secrets are never printed, only whether they are set. Settings that do not start are refused
    with what to mend, as by the server.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    for one in shown(Settings()):
        if as_json:
            print(json.dumps(asdict(one)))
        else:
            print(f"{one.name} = {one.value}   ({one.source})\n    {one.effect}")


def shown(told: Settings) -> list[Shown]:
    """Describe each setting, in the order of their names."""
    fields = sorted(Settings.model_fields.items())
    return [
        Shown(
            variables_of(name, field)[0],
            _value(name, told),
            _source(name, field),
            field.description or "",
        )
        for name, field in fields
    ]


def _value(name: str, told: Settings) -> str:
    value = getattr(told, name)
    if isinstance(value, SecretStr):
        return _HIDDEN if value.get_secret_value() else "none"
    if name.endswith(_SECRET) and "@" in str(value):
        return _HIDDEN
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value in (None, "") else str(value)


def _source(name: str, field: FieldInfo) -> str:
    """Say where a setting comes from: the first of its variables that is there."""
    in_file = read_env_file(Path(ENV_FILE))
    files = ("", "_FILE") if is_secret(field) else ("",)
    for written in variables_of(name, field):
        for variable in (f"{written}{end}" for end in files):
            if os.environ.get(variable):
                place = ENV_FILE if in_file.get(variable) == os.environ[variable] else "environment"
                return f"{place}: {variable}"
    return "default"
