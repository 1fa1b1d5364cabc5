"""A consistent copy of the whole database as a stream, and back: pg_dump and pg_restore.

The copy is two streams of one snapshot: everything without the wrapped keys, and the wrapped keys
alone, so that neither is worth anything without the other. They are taken by a role that sees all
rows; the serving role and the owner see one entity's at a time.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from tomada.domain.errors import StoreUnavailableError
from tomada.store.embedded_binaries import newest
from tomada.store.engine import translated

Part = Literal["data", "keys"]
PARTS: tuple[Part, ...] = ("data", "keys")
KEY_TABLES = ("entity_keys", "system_keys")
_CHUNK = 1 << 20
_WORDS = 400


class DumpFailedError(StoreUnavailableError):
    """A copy could not be made or put back; the text is PostgreSQL's own."""

    code = "dump_failed"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the database; *rows* counts each table's."""

    url: str = field(repr=False)
    name: str
    version: str
    rows: dict[str, int]

    def stream(self, part: Part) -> contextlib.AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Give one part of the copy; raises ``DumpFailedError`` at its end where it failed."""
        if part == "data":
            picked = [f"--exclude-table-data=tomada.{one}" for one in KEY_TABLES]
        else:
            picked = ["--data-only", *(f"--table=tomada.{one}" for one in KEY_TABLES)]
        words = ["--format=custom", "--schema=tomada", f"--snapshot={self.name}", *picked]
        return _output("pg_dump", self.url, words)


@contextlib.asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Snapshot]:
    """Hold one moment of the database for the length of the block; writers go on."""
    with translated():
        connection = await asyncpg.connect(url, timeout=10)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                name = await connection.fetchval("SELECT pg_export_snapshot()")
                yield Snapshot(url, name, await _version(connection), await _count(connection))
        finally:
            await connection.close(timeout=5)


async def rows_of(url: str) -> dict[str, int]:
    """Count the rows of each table, as a role that sees all of them."""
    with translated():
        connection = await asyncpg.connect(url, timeout=10)
        try:
            return await _count(connection)
        finally:
            await connection.close(timeout=5)


async def put_back(url: str, part: Part, chunks: AsyncIterator[bytes]) -> None:
    """Restore one part into a database that has nothing of it; all of it or nothing.

    Raises ``DumpFailedError``, and whatever *chunks* raises, after undoing what was begun.
    """
    words = ["--exit-on-error", "--single-transaction", "--dbname", _database(url)]
    if part == "keys":
        words.append("--data-only")
    process = await asyncio.create_subprocess_exec(
        _program("pg_restore"), *words, env=_environment(url),
        stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None  # noqa: S101  (it is a pipe)
    said = asyncio.create_task(_said(process))
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            async for chunk in chunks:
                process.stdin.write(chunk)
                await process.stdin.drain()
            process.stdin.close()
        words_of_it = await said
        code = await process.wait()
    except BaseException:
        # Without its end nothing of the stream is committed.
        process.kill()
        await process.wait()
        said.cancel()
        raise
    if code != 0:
        raise DumpFailedError(f"pg_restore: {words_of_it}")


async def is_empty(url: str) -> bool:
    """Tell whether there is no schema of ours yet."""
    with translated():
        connection = await asyncpg.connect(url, timeout=10)
        try:
            found = await connection.fetchval(
                "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'tomada')"
            )
        finally:
            await connection.close(timeout=5)
    return not found


@contextlib.asynccontextmanager
async def _output(
    program: str, url: str, words: Sequence[str]
) -> AsyncIterator[AsyncIterator[bytes]]:
    process = await asyncio.create_subprocess_exec(
        _program(program), *words, env=_environment(url),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said = asyncio.create_task(_said(process))
    try:
        yield _chunks(process, said)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        said.cancel()


async def _chunks(
    process: asyncio.subprocess.Process, said: asyncio.Task[str]
) -> AsyncIterator[bytes]:
    assert process.stdout is not None  # noqa: S101  (it is a pipe)
    while chunk := await process.stdout.read(_CHUNK):
        yield chunk
    if await process.wait() != 0:
        raise DumpFailedError(f"pg_dump: {await said}")


async def _said(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None  # noqa: S101  (it is a pipe)
    text = (await process.stderr.read()).decode(errors="replace")
    return " ".join(text.split())[:_WORDS]


async def _version(connection: asyncpg.Connection) -> str:
    version: str = await connection.fetchval("SELECT version_num FROM tomada.schema_version")
    return version


async def _count(connection: asyncpg.Connection) -> dict[str, int]:
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'tomada'::regnamespace"
        " AND relkind = 'r' ORDER BY relname"
    )
    return {
        one["relname"]: await connection.fetchval(f'SELECT count(*) FROM tomada."{one["relname"]}"')  # noqa: S608  (names of the catalogue)
        for one in tables
    }


def _program(name: str) -> Path:
    return newest().root / "bin" / name


def _database(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _environment(url: str) -> dict[str, str]:
    """Say where the database is by the environment: arguments are seen by everybody."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    given = {
        "PGHOST": query.get("host") or parts.hostname,
        "PGPORT": str(parts.port) if parts.port else None,
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": _database(url),
        "PGSSLMODE": query.get("sslmode"),
        "PGAPPNAME": "tomada backup",
    }
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    return kept | {name: value for name, value in given.items() if value}
