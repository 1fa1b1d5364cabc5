"""``tomada users``: who may sign in."""

import getpass
import sys

from cyclopts import App as Commands

from tomada.bootstrap import open_app
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
