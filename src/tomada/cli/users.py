"""``tomada users``: who may sign in."""

import getpass
import json
import sys
from uuid import UUID

from cyclopts import App as Commands

from tomada.bootstrap import open_app
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import EntityId
from tomada.services.suspensions import User
from tomada.settings import Settings
from tomada.telemetry import set_up

users = Commands(name="users", help="Who may sign in.")


@users.command
async def add(email: str, *, name: str) -> None:
    """Make a user with an entity of their own; the password is asked for, or read from a pipe.

    Parameters
    ----------
    email
        The address to sign in with.
    name
        The person's name.
    """
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
    else:
        password = sys.stdin.readline().rstrip("\n")
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        await app.access.create_user(email, password, name)
    print("added")


@users.command
async def suspend(email: str = "", *, entity: UUID | None = None) -> None:
    """Stop a user, or an entity, within five seconds: requests, streams, readings, events. Recorded.

    Parameters
    ----------
    email
        Whom; the entities that nobody else is left for stop as well.
    entity
        Or an entity, for everybody.
    """
    named = _one_of(email, entity)
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        stops, actor = app.doors.suspensions, getpass.getuser()
        if named is None:
            done = await stops.suspend_user(email, actor=actor)
        else:
            done = await stops.suspend_entity(named, actor=actor)
    print("suspended" if done else "nothing to suspend")


@users.command
async def resume(email: str = "", *, entity: UUID | None = None) -> None:
    """Let a user, or an entity, go on. Recorded.

    Parameters
    ----------
    email
        Whom; the entities that were stopped with them go on as well.
    entity
        Or an entity.
    """
    named = _one_of(email, entity)
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        stops, actor = app.doors.suspensions, getpass.getuser()
        if named is None:
            done = await stops.resume_user(email, actor=actor)
        else:
            done = await stops.resume_entity(named, actor=actor)
    print("resumed" if done else "nothing to resume")


@users.command(name="list")
async def list_(*, as_json: bool = False) -> None:
    """Print the users, the oldest first, without what names them. Changes nothing.

    Parameters
    ----------
    as_json
        Print one JSON object a line.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        found = await app.doors.suspensions.users()
    for one in found:
        print(json.dumps(_plain(one)) if as_json else _sentence(one))
    if not found and not as_json:
        print("there is no user")


def _one_of(email: str, entity: UUID | None) -> EntityId | None:
    if bool(email) == (entity is not None):
        raise InvalidInputError("say an e-mail or --entity")
    return None if entity is None else EntityId(entity)


def _plain(one: User) -> dict[str, object]:
    return {
        "id": str(one.id),
        "hint": one.hint,
        "createdAt": one.created_at.isoformat(),
        "suspended": one.suspended,
        "roles": one.roles,
        "entityIds": [str(entity) for entity in one.entities],
    }


def _sentence(one: User) -> str:
    state = "suspended" if one.suspended else "active"
    roles = ",".join(one.roles) or "-"
    return f"{one.id}  {state}  {roles}  {one.hint}  {' '.join(str(e) for e in one.entities)}"


@users.command
async def give(email: str, role: str) -> None:
    """Give somebody a duty: administrator, operator, auditor or dpo. Recorded; ends their sessions.

    Parameters
    ----------
    email
        Whom.
    role
        The duty.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        given = await app.doors.duties.give(email, role, actor=getpass.getuser())
    print("given" if given else "they had it already")


@users.command
async def take(email: str, role: str) -> None:
    """Take a duty from somebody. Recorded; ends their sessions.

    Parameters
    ----------
    email
        From whom.
    role
        The duty.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        taken = await app.doors.duties.take(email, role, actor=getpass.getuser())
    print("taken" if taken else "they had it not")
