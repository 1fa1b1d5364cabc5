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
