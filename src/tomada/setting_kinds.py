"""How settings are written where they are more than a word or a number, and the usual places."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator
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

_IN_FILES = (
    ("pluggy_client_secret", ("TOMADA_PLUGGY_CLIENT_SECRET", "PLUGGY_CLIENT_SECRET")),
    ("webhook_hmac_secret", ("TOMADA_WEBHOOK_HMAC_SECRET",)),
    ("webhook_hmac_previous_secret", ("TOMADA_WEBHOOK_HMAC_PREVIOUS_SECRET",)),
    ("product_webhook_secret", ("TOMADA_PRODUCT_WEBHOOK_SECRET",)),
    ("product_webhook_previous_secret", ("TOMADA_PRODUCT_WEBHOOK_PREVIOUS_SECRET",)),
    ("token_secret", ("TOMADA_TOKEN_SECRET",)),
    ("master_key_token", ("TOMADA_MASTER_KEY_TOKEN", "VAULT_TOKEN")),
    ("smtp_url", ("TOMADA_SMTP_URL",)),
    ("database_url", ("TOMADA_DATABASE_URL",)),
    ("database_owner_url", ("TOMADA_DATABASE_OWNER_URL",)),
    ("database_backup_url", ("TOMADA_DATABASE_BACKUP_URL",)),
    ("signals_url", ("TOMADA_SIGNALS_URL",)),
)


def with_files(values: Any) -> Any:
    """Add the secrets that files hold which the environment names."""
    for name, variables in _IN_FILES:
        for variable in variables:
            path = os.environ.get(f"{variable}_FILE")
            if path and not values.get(name):
                values[name] = Path(path).read_text("utf-8").strip()
    return values
