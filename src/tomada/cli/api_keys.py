"""``tomada api-keys``: how a product's back end gets in."""

import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from cyclopts import App as Commands
from cyclopts import Parameter

from tomada.bootstrap import open_app
from tomada.domain.access import Scope
from tomada.domain.api_keys import ApiKey
from tomada.domain.ids import EntityId
from tomada.settings import Settings
from tomada.telemetry import set_up

api_keys = Commands(name="api-keys", help="Keys of your product's back end.")


@api_keys.command
async def create(
    name: str,
    *,
    scope: Annotated[list[Scope], Parameter(negative=())],
    entity: UUID | None = None,
    days: int = 90,
    out: Path | None = None,
) -> None:
    """Make a key and print its secret, once. Recorded.

    Parameters
    ----------
    name
        What it is for; shown by the list.
    scope
        read, connect, write; say it once for each.
    entity
        The only entity it opens; without one it opens all, and each request names one.
    days
        How long it lives, 90 at most.
    out
        A new file for the secret, readable by you alone, instead of the screen.
    """
    set_up(level="WARNING")
    # Before the key is made: a secret that cannot be written down would be lost.
    kept = None if out is None else os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    async with open_app(Settings()) as app:
        key, secret = await app.doors.api_keys.create(
            name,
            scope,
            life=timedelta(days=days),
            actor=getpass.getuser(),
            entity=None if entity is None else EntityId(entity),
        )
    if kept is None:
        print(secret)
    else:
        with os.fdopen(kept, "w") as file:
            file.write(f"{secret}\n")
        print(f"{key.id} until {key.expires_at:%Y-%m-%d}; the secret is in {out}")


@api_keys.command(name="list")
async def list_(*, as_json: bool = False) -> None:
    """Print the keys, the newest first, without their secrets. Changes nothing.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        found = await app.doors.api_keys.list()
    for one in found:
        print(json.dumps(_plain(one)) if as_json else _sentence(one))
    if not found and not as_json:
        print("there is no key")


@api_keys.command
async def revoke(key: UUID) -> None:
    """End a key: it opens nothing from now on, and its streams end. Recorded.

    Parameters
    ----------
    key
        Its id, from the list.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        await app.doors.api_keys.revoke(key, actor=getpass.getuser())
    print("revoked")


def _plain(one: ApiKey) -> dict[str, object]:
    return {
        "id": str(one.id),
        "name": one.name,
        "state": one.state(datetime.now(UTC)),
        "scopes": sorted(one.scopes),
        "entityId": str(one.entity_id) if one.entity_id else None,
        "createdAt": one.created_at.isoformat(),
        "expiresAt": one.expires_at.isoformat(),
        "usedAt": one.used_at.isoformat() if one.used_at else None,
    }


def _sentence(one: ApiKey) -> str:
    where = f"entity {one.entity_id}" if one.entity_id else "all entities"
    return (
        f"{one.id}  {one.state(datetime.now(UTC))}  until {one.expires_at:%Y-%m-%d}"
        f"  {','.join(sorted(one.scopes))}  {where}  {one.name}"
    )
