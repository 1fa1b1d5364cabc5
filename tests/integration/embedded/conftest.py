"""Data directories and programs of the embedded server; nothing of either outlives its test."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tomada.store.embedded import EmbeddedError, embedded_postgres, stop_embedded

_PROGRAM = Path(__file__).with_name("program.py")


@dataclass(frozen=True, slots=True)
class Program:
    """One running program of program.py."""

    process: "subprocess.Popen[bytes]"

    def found(self) -> dict[str, Any]:
        """Wait for what it says: where it found the server, or why not."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the program said nothing and ended with {self.process.wait()}"
        return dict(json.loads(line))

    def leave(self) -> None:
        """Let it end by itself, and wait for that."""
        with suppress(BrokenPipeError):
            self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """Kill it without a word."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@dataclass(frozen=True, slots=True)
class Programs:
    """Starts programs and ends what is left of them."""

    started: list[Program] = field(default_factory=list)

    def start(self, data_dir: Path, *extra: str, env: dict[str, str] | None = None) -> Program:
        """Start one that will say what it found."""
        program = Program(
            subprocess.Popen(
                [sys.executable, _PROGRAM, data_dir, *extra],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )
        )
        self.started.append(program)
        return program


@pytest.fixture
def programs() -> Iterator[Programs]:
    programs = Programs()
    yield programs
    for program in programs.started:
        program.kill()


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    """An empty directory with a short path, and no server in ``data`` below it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="emb-"))
    yield folder
    with suppress(EmbeddedError):
        await stop_embedded(folder / "data")
    _remove(folder)


@pytest.fixture
def fresh(folder: Path) -> Path:
    """A data directory that is not there yet."""
    return folder / "data"


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A database that was started and stopped once."""
    folder = Path(tempfile.mkdtemp(prefix="emb-"))

    async def make() -> None:
        async with embedded_postgres(folder / "data"):
            pass

    asyncio.run(make())
    yield folder / "data"
    _remove(folder)


@pytest.fixture
async def used(made_once: Path) -> AsyncIterator[Path]:
    """A data directory with a database in it whose server is down; all tests share it."""
    yield made_once
    await stop_embedded(made_once)


@pytest.fixture
def spoil() -> Iterator[Callable[[Path, bytes], None]]:
    """Overwrite a file until the test is over."""
    kept: list[tuple[Path, bytes]] = []

    def overwrite(path: Path, content: bytes) -> None:
        kept.append((path, path.read_bytes()))
        path.write_bytes(content)

    yield overwrite
    for path, content in reversed(kept):
        path.write_bytes(content)
