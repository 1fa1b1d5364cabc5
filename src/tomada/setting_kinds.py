"""How settings are written where they are more than a word or a number, and the usual places."""

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AliasChoices, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import NoDecode

MASTER_KEYS = ("file", "vault", "vault+https", "vault+http", "aws-kms", "gcp-kms")
"""How the address of a master key begins."""
Network = IPv4Network | IPv6Network


def _networks(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
    return value


def config_home() -> Path:
    """Give the directory of a user's configuration, ours in it."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "tomada"


def data_home() -> Path:
    """Give the directory of a user's programs' files, ours in it."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tomada"


def _origins(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return value


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_texts)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
OriginList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]


def variables_of(name: str, field: FieldInfo) -> tuple[str, ...]:
    """Name the variables a setting is read from; the first that is there counts."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(one) for one in alias.choices)
    return (f"TOMADA_{name.upper()}",)


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a setting is a secret; then ``<variable>_FILE`` may name a file that holds it."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def with_files(values: dict[str, Any], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """Add the secrets that files hold which the environment names.

    A variable stands before the file of the same name, and that before the setting's other names.
    """
    for name, field in fields.items():
        if not is_secret(field) or values.get(name):
            continue
        variables = variables_of(name, field)
        for variable in variables:
            if os.environ.get(variable):
                break
            if path := os.environ.get(f"{variable}_FILE"):
                # A value of the environment comes under the setting's first name, whichever it had.
                values.pop(variables[0], None)
                values[name] = Path(path).read_text("utf-8").strip()
                break
    return values
