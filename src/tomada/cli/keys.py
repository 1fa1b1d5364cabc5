"""``tomada keys``: the master key and the data keys under it."""

import getpass
import json
import os
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit
from uuid import UUID

from cyclopts import App as Commands
from cyclopts import Parameter

from tomada.adapters.kms.local import make_local, rotate_local
from tomada.bootstrap import open_app
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import EntityId
from tomada.setting_kinds import config_home
from tomada.settings import Settings
from tomada.telemetry import set_up

Json = Annotated[bool, Parameter(name="--json", negative=())]

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


@keys.command
async def status(*, as_json: Json = False) -> None:
    """Print the master key, how many data keys are under which, and what is under way.

    Changes nothing. Exits with 1 where data keys are behind the master key.

    Parameters
    ----------
    as_json
        Print one JSON object.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        seen = await app.rekeying.status()
    if as_json:
        print(json.dumps({
            "masterKey": seen.master_key, "under": seen.under, "behind": seen.behind,
            "destroyed": seen.destroyed,
            "rotating": {str(entity): rows for entity, rows in seen.rotating.items()},
        }))  # fmt: skip
    else:
        print(f"master key: {seen.master_key}")
        for name, count in sorted(seen.under.items()):
            print(f"{count:>8} data keys under {name}")
        print(f"{seen.behind:>8} behind, {seen.destroyed} destroyed")
        for entity, rows in seen.rotating.items():
            print(f"{rows:>8} values of {entity} still to be sealed anew")
    if seen.behind:
        sys.exit(1)


@keys.command
async def rotate(*, entity: UUID | None = None) -> None:
    """Change the master key in its file, or the data key of one entity. Safe while the service runs.

    A master key in a key service is rotated there; `rewrap` follows. After a kill the worker goes
    on, and so does the same command.

    Parameters
    ----------
    entity
        Whose data key; without it the master key.
    """
    set_up(level="CRITICAL")
    settings = Settings()
    if entity is None and settings.master_key_path is None:
        raise InvalidInputError("rotate the key where it is kept; then `tomada keys rewrap`")
    async with open_app(settings) as app:
        if entity is not None:
            await app.rekeying.begin(EntityId(entity), operator=getpass.getuser())
            await app.rekeying.finish(EntityId(entity))
            print("every value is sealed by the new key; the old one goes in a day")
        elif settings.master_key_path is not None:
            name = rotate_local(settings.master_key_path)
            done = await app.rekeying.rewrap(operator=getpass.getuser())
            print(
                f"{name} is the master key; {done} data keys are under it. Back the file up again"
            )


@keys.command
async def rewrap() -> None:
    """Put every data key under the newest version of the master key.

    Safe while the service runs, and safe to repeat. An old version may be retired once `status`
    says that none is behind.
    """
    set_up(level="CRITICAL")
    async with open_app(Settings()) as app:
        done = await app.rekeying.rewrap(operator=getpass.getuser())
    print(f"{done} data keys rewrapped")


@keys.command
async def shred(
    entity: UUID, *, agree: bool = False, withdraw: bool = False, alone: UUID | None = None
) -> None:
    """Destroy an entity's data key: nothing of it can be read again, by anybody, ever.

    The first person asks for it, another one agrees with --agree.

    Parameters
    ----------
    entity
        Whose key.
    agree
        Do it, because somebody else asked for it.
    withdraw
        Ask for it no longer.
    alone
        The entity once more, where there is only one person to ask and to agree; recorded as such.
    """
    if alone is not None and alone != entity:
        raise InvalidInputError("--alone names another entity", field="alone")
    set_up(level="CRITICAL")
    whose, me = EntityId(entity), getpass.getuser()
    async with open_app(Settings()) as app:
        if withdraw:
            await app.shredding.withdraw(whose, operator=me)
            print("withdrawn")
        elif agree:
            await app.shredding.agree(whose, operator=me, alone=alone is not None)
            print("destroyed")
        else:
            await app.shredding.ask(whose, operator=me)
            print(f"asked for; somebody else runs: tomada keys shred {entity} --agree")


def _named() -> Path:
    url = os.environ.get("TOMADA_MASTER_KEY", "")
    if not url:
        return config_home() / "master.key"
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise InvalidInputError("the key service makes its own keys; init is for files")
    return Path(unquote(parts.path))
