"""What can go wrong with the embedded PostgreSQL, each in one sentence for the person at the terminal."""

import errno
from pathlib import Path
from typing import Literal

from tomada.domain.errors import StoreUnavailableError

EmbeddedCode = Literal[
    "binaries_missing",
    "busy",
    "damaged",
    "disk_full",
    "init_failed",
    "newer_layout",
    "no_user",
    "not_writable",
    "other_version",
    "start_failed",
    "unreachable",
    "unsupported_platform",
]


class EmbeddedError(StoreUnavailableError):
    """The embedded PostgreSQL cannot be used; ``str()`` is a sentence that says why and what to do."""

    def __init__(self, code: EmbeddedCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code: EmbeddedCode = code


def from_os_error(error: OSError, place: Path) -> EmbeddedError:
    """Say in one sentence what the operating system refused at *place*."""
    name = error.filename or place
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _disk_full(place)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return EmbeddedError(
            "not_writable",
            f"The data directory {place} cannot be used by this user ({error.strerror}: {name}). "
            "Give it to this user or choose another one.",
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return EmbeddedError(
            "not_writable", f"The data directory {place} cannot be made: {name} is not a directory."
        )
    return EmbeddedError(
        "start_failed", f"The data directory {place} cannot be used: {error.strerror} ({name})."
    )


def from_output(code: EmbeddedCode, *, output: str, place: Path) -> EmbeddedError:
    """Read what initdb or the server said last (in English: they run with LC_ALL=C)."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return _disk_full(place)
    if "could not look up effective user ID" in output:
        return EmbeddedError(
            "no_user",
            "PostgreSQL's initdb needs an entry in /etc/passwd for the user it runs as: add one, "
            "or set TOMADA_DATABASE_URL to use another PostgreSQL.",
        )
    if "Read-only file system" in output or "Permission denied" in output:
        return EmbeddedError(
            "not_writable",
            f"PostgreSQL may not write in {place}: {_last_complaint(output)}. "
            "Give the directory to this user or choose another one.",
        )
    if any(sign in output for sign in _DAMAGE):
        return EmbeddedError(
            "damaged",
            f"The database in {place} is damaged: {_last_complaint(output)}. "
            "Restore it from a backup or choose another data directory.",
        )
    return EmbeddedError(
        code,
        f"PostgreSQL did not start in {place}: {_last_complaint(output) or 'it said nothing'}.",
    )


_DAMAGE = (
    "is not a valid data directory",
    "incorrect checksum in control file",
    "could not locate a valid checkpoint record",
    "could not find the database system",
    "database files are incompatible",
    "invalid checkpoint record",
    "could not open file",
    "could not read file",
)


def _disk_full(place: Path) -> EmbeddedError:
    return EmbeddedError(
        "disk_full", f"The disk of {place} is full. Free some space there and start again."
    )


def _last_complaint(output: str) -> str:
    """Pick the last line that names a failure, without its time stamp and full stop."""
    for mark in ("PANIC:", "FATAL:", "initdb: error:", "error:", "ERROR:"):
        for line in reversed(output.splitlines()):
            if mark in line:
                return line.split(mark, 1)[1].strip().rstrip(".")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else ""
