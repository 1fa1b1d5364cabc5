"""Use the embedded server as another user, given by number; prints who the server is and an answer.

Prints the code of a refusal instead. The interpreter may lie where that user cannot read, so everything is imported before the change.
"""

import asyncio
import encodings.idna  # noqa: F401 - asked for late
import os
import sys
from pathlib import Path

import asyncpg

from tomada.store.embedded import EmbeddedError, embedded_postgres


async def use(data_dir: Path) -> None:
    async with embedded_postgres(data_dir) as cluster:
        connection = await asyncpg.connect(cluster.app_url)
        answer = await connection.fetchval("SELECT 1")
        await connection.close()
        owner = os.stat(f"/proc/{cluster.pid}").st_uid  # noqa: PTH116 - a look at /proc
    sys.stdout.write(f"{owner} {answer}\n")


if __name__ == "__main__":
    uid = int(sys.argv[1])
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    try:
        asyncio.run(use(Path(sys.argv[2])))
    except EmbeddedError as error:
        sys.stdout.write(f"{error.code}\n")
