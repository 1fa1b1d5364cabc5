"""A program that uses the embedded server: it says what it found, and leaves when its input ends.

Run with the data directory, and optionally the name of an event loop policy.
"""

import asyncio
import json
import sys
from pathlib import Path

import asyncpg
import structlog
import uvloop

from tomada.store.embedded import EmbeddedError, embedded_postgres


async def use(data_dir: Path) -> None:
    quiet = structlog.wrap_logger(None, processors=[structlog.processors.JSONRenderer(), _drop])
    try:
        async with embedded_postgres(data_dir, log=quiet) as cluster:
            connection = await asyncpg.connect(cluster.owner_url)
            found = {
                "pid": cluster.pid,
                "app_url": cluster.app_url,
                "owner_url": cluster.owner_url,
                "socket_dir": str(cluster.socket_dir),
                "version": cluster.version,
                "postmaster": await connection.fetchval("SELECT pg_postmaster_start_time()::text"),
            }
            await connection.close()
            sys.stdout.write(json.dumps(found) + "\n")
            sys.stdout.flush()
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    except EmbeddedError as error:
        sys.stdout.write(json.dumps({"code": error.code, "sentence": str(error)}) + "\n")


def _drop(_logger: object, _name: str, _event: object) -> str:
    raise structlog.DropEvent


if __name__ == "__main__":
    runner = uvloop.run if "uvloop" in sys.argv else asyncio.run
    runner(use(Path(sys.argv[1])))
