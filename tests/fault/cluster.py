"""A database server of the fault tests' own, which forgets nothing but syncs nothing either."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import structlog

from tomada.store.embedded import Membership, join
from tomada.store.embedded_layout import SUPER_ROLE, Layout


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; *super_url* sees every row."""

    membership: Membership
    super_url: str

    @contextlib.asynccontextmanager
    async def eye(self) -> AsyncIterator[asyncpg.Connection]:
        """Give a connection that sees the rows of every entity."""
        connection = await asyncpg.connect(
            self.super_url, server_settings={"search_path": "tomada"}
        )
        try:
            yield connection
        finally:
            await connection.close()


async def start(folder: Path, *, durable: bool) -> Server:
    """Start one in *folder*; without *durable* a commit does not wait for the disk.

    That takes nothing from histories in which the server itself never dies.
    """
    membership = join(folder / "data", structlog.get_logger("tests"))
    passwords = Layout.open(folder / "data").passwords()
    assert passwords is not None
    url = membership.cluster.owner_url
    _, _, rest = url.partition("@")
    super_url = f"postgresql://{SUPER_ROLE}:{passwords.superuser}@{rest}"
    connection = await asyncpg.connect(super_url)
    try:
        for name in ("synchronous_commit", "fsync", "full_page_writes") if not durable else ():
            await connection.execute(f"ALTER SYSTEM SET {name} = off")
        # Setting it on the command line wins, except for what a role asks for.
        if not durable:
            await connection.execute("ALTER ROLE tomada_app SET synchronous_commit = off")
    finally:
        await connection.close()
    return Server(membership, super_url)
