"""Keep the world in a file: read at start, written within a second of a change and at the end."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tomada.simulator.encoding import json_bytes
from tomada.simulator.state import State

_PERIOD = 0.5


class StateFileError(Exception):
    """The state file cannot be read or written, or is something else."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """The state file of one world, or none."""

    path: Path | None

    def load(self) -> State:
        """Read the file; a world that was never saved is empty."""
        if self.path is None or not self.path.exists():
            return State()
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=State)
        except msgspec.DecodeError as failure:
            raise StateFileError(f"{self.path} is not a simulator state: {failure}") from failure
        except OSError as failure:
            text = f"{self.path} cannot be read: {failure.strerror}"
            raise StateFileError(text) from failure

    @asynccontextmanager
    async def keeping(self, state: State) -> AsyncIterator[None]:
        """Save now, so that a file that cannot be written is known early, then until left."""
        if self.path is None:
            yield
            return
        self._write(json_bytes(state))
        stop = asyncio.Event()
        task = asyncio.get_running_loop().create_task(self._watch(state, stop))
        try:
            yield
        finally:
            stop.set()
            await task
            self._write(json_bytes(state))

    async def _watch(self, state: State, stop: asyncio.Event) -> None:
        saved = state.revision
        while True:
            try:
                async with asyncio.timeout(_PERIOD):
                    await stop.wait()
            except TimeoutError:
                pass
            else:
                return
            if state.revision != saved:
                saved = state.revision
                try:
                    await asyncio.to_thread(self._write, json_bytes(state))
                except StateFileError as failure:
                    # The world goes on; the next change tries again.
                    logging.getLogger("tomada.simulator").warning("%s", failure)

    def _write(self, content: bytes) -> None:
        """Write the file; whoever reads it meanwhile sees the old one or the new one."""
        if self.path is None:
            return
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError as failure:
            text = f"{self.path} cannot be written: {failure.strerror}"
            raise StateFileError(text) from failure
