"""Keep the world in a file: read at start, written within a second of a change and at the end."""

import asyncio
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
    """The state file is there but is not one of ours."""


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

    def save(self, state: State) -> None:
        """Write the file; whoever reads it meanwhile sees the old one or the new one."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{self.path.name}.new")
        with fresh.open("wb") as file:
            file.write(json_bytes(state))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)

    @asynccontextmanager
    async def keeping(self, state: State) -> AsyncIterator[None]:
        """Save while the body runs, and once more at its end."""
        if self.path is None:
            yield
            return
        task = asyncio.get_running_loop().create_task(self._watch(state))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.save(state)

    async def _watch(self, state: State) -> None:
        saved = state.revision
        while True:
            await asyncio.sleep(_PERIOD)
            if state.revision != saved:
                saved = state.revision
                self.save(state)
