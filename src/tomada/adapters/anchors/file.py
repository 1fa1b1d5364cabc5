"""Checkpoints in a file: one JSON line each, added and never changed.

It proves something where whoever can change the database cannot change the file: on another
machine's disk, or one that only grows (``chattr +a``, object storage with a retention lock).
"""

import asyncio
import json
import os
from dataclasses import dataclass
from pathlib import Path

from tomada.domain.errors import AnchorUnavailableError

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class FileAnchor:
    """A file that the settings name."""

    path: Path
    place: str = "file"

    async def publish(self, note: bytes) -> None:
        """Add a checkpoint and wait for the disk."""
        await asyncio.to_thread(self._append, note)

    async def latest(self) -> bytes | None:
        """Give the last checkpoint in the file; None where there is none yet."""
        return await asyncio.to_thread(self._last)

    def _append(self, note: bytes) -> None:
        line = json.dumps({"note": note.decode()}) + "\n"
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _PRIVATE)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise AnchorUnavailableError(f"cannot write {self.path}: {error.strerror}") from error

    def _last(self) -> bytes | None:
        try:
            notes = read_notes(self.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AnchorUnavailableError(f"cannot read {self.path}: {error.strerror}") from error
        return notes[-1] if notes else None


def read_notes(path: Path) -> list[bytes]:
    """Read all checkpoints of a file; a last line that was cut short is not one."""
    notes: list[bytes] = []
    lines = path.read_text("utf-8").splitlines()
    for n, line in enumerate(lines):
        try:
            notes.append(json.loads(line)["note"].encode())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if n == len(lines) - 1:
                break
            raise AnchorUnavailableError(f"line {n + 1} of {path} is no checkpoint") from error
    return notes
