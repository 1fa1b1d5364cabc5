"""A dump of everything, and the way back to it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.fault.cluster import Server
from tomada.store.embedded_binaries import newest


@dataclass(frozen=True, slots=True)
class Backup:
    """Of the whole database, the wrapped keys included."""

    server: Server
    file: Path

    def make(self) -> None:
        self._run("pg_dump", "--format=custom", f"--file={self.file}", self.server.super_url)

    async def restore(self) -> None:
        """Put everything back as it was, keys too: the worst case."""
        connection = await asyncpg.connect(self.server.super_url)
        try:
            await connection.execute("DROP SCHEMA tomada CASCADE")
        finally:
            await connection.close()
        self._run("pg_restore", f"--dbname={self.server.super_url}", str(self.file))

    def _run(self, name: str, *words: str) -> None:
        program = newest().postgres.with_name(name)
        subprocess.run([program, *words], check=True, capture_output=True)
