"""Who was erased, in a file apart from the database, so that no backup of it brings anybody back."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from tomada.domain.ids import EntityId

Mark = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Erased:
    """One line: a random id that names nobody any more, the request, and when."""

    entity: EntityId
    request: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasureLedger:
    """Lines of JSON, only added to. Each bears a keyed mark, so that nobody can have others erased.

    Keep the file where no backup of the database overwrites it, and give every process the same.
    """

    path: Path

    def add(self, one: Erased, mark: Mark) -> None:
        """Add a line and see it on the disk; nothing happens twice."""
        if any(known.entity == one.entity for known in self.read(mark)):
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        said = _said(one)
        line = json.dumps({**json.loads(said), "mark": mark(said).hex()}) + "\n"
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        with os.fdopen(os.open(self.path, flags, 0o600), "ab+") as file:
            # What a full disk or a kill left half written must not swallow this line.
            torn = file.tell() > 0 and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n"
            file.write(b"\n" * torn + line.encode())
            file.flush()
            os.fsync(file.fileno())

    def read(self, mark: Mark) -> list[Erased]:
        """Give the lines that are whole and marked by us."""
        if not self.path.exists():
            return []
        found = (_line(text, mark) for text in self.path.read_text("utf-8").splitlines())
        return [one for one in found if one is not None]


def _said(one: Erased) -> bytes:
    plain = {"entity": str(one.entity), "request": str(one.request), "at": one.at.isoformat()}
    return json.dumps(plain, sort_keys=True).encode()


def _line(text: str, mark: Mark) -> Erased | None:
    try:
        parts = json.loads(text)
        one = Erased(
            EntityId(UUID(parts["entity"])),
            UUID(parts["request"]),
            datetime.fromisoformat(parts["at"]),
        )
    except (ValueError, KeyError, TypeError):
        # A line that a dying process left half written; what it was about is done again.
        return None
    return one if parts.get("mark") == mark(_said(one)).hex() else None
