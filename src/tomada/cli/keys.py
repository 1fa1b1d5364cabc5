"""``tomada keys``: the master key and the data keys under it."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cyclopts import App as Commands

from tomada.adapters.kms.local import make_local
from tomada.domain.errors import InvalidInputError
from tomada.setting_kinds import config_home

keys = Commands(name="keys", help="The master key, and the data keys under it.")


@keys.command
async def init(path: Path | None = None) -> None:
    """Make a master key in a file, for an installation that has none. Replaces nothing.

    Keep a copy apart from every backup of the database: without it nothing that is sealed can be
    read again.

    Parameters
    ----------
    path
        The file; by default the one that TOMADA_MASTER_KEY names, else master.key in the
        configuration directory.
    """
    place = (path or _named()).expanduser().absolute()
    made = make_local(place)
    print(f"{'made' if made else 'there is one already:'} {place}")
    print(f"export TOMADA_MASTER_KEY={place.as_uri()}")


def _named() -> Path:
    url = os.environ.get("TOMADA_MASTER_KEY", "")
    if not url:
        return config_home() / "master.key"
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise InvalidInputError("the key service makes its own keys; init is for files")
    return Path(unquote(parts.path))
