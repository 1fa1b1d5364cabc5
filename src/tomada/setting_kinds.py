"""How settings are written where they are more than a word or a number, and the usual places."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

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
