"""The three kernel locks that tell who uses an embedded server and whether it lives.

All are ``flock`` locks, which belong to an open file and not to a number: the kernel drops them with the
last process that holds the file, so neither kill -9 nor a reused process id can leave a wrong answer.

``mutex``    held for the moments in which somebody starts, joins, leaves or stops the server.
``members``  shared by every program that uses the server: who gets it exclusively was the last one.
``server``   opened by the starter and inherited by the postmaster and all its children: free means that
             not one process of the server is left.
"""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tomada.store.embedded_errors import EmbeddedError

if sys.platform != "win32":
    import fcntl

POLL_MS = 10


def pause() -> None:
    """Wait one polling step."""
    time.sleep(POLL_MS / 1000)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic clock after which waiting is over."""

    ends_ns: int

    @classmethod
    def after(cls, seconds: int) -> "Deadline":
        """Begin to count now."""
        return cls(time.monotonic_ns() + seconds * 1_000_000_000)

    @property
    def passed(self) -> bool:
        """Whether the time is over."""
        return time.monotonic_ns() >= self.ends_ns


@dataclass(frozen=True, slots=True)
class FileLock:
    """One open lock file; closing it gives the lock back unless a child still has it open."""

    fd: int

    @classmethod
    def open(cls, path: Path) -> "FileLock":
        """Open *path*, making it if needed; holds nothing yet and is not inherited."""
        return cls(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free for us now; a failed try also gives up what was held before."""
        try:
            fcntl.flock(self.fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}:
                raise EmbeddedError(
                    "not_writable",
                    "The file system of the data directory cannot lock files: choose a local disk.",
                ) from error
            raise
        return True

    def take_before(self, deadline: Deadline) -> bool:
        """Try until it is ours or the time is over."""
        while not self.take():
            if deadline.passed:
                return False
            pause()
        return True

    def close(self) -> None:
        """Let go of the file."""
        os.close(self.fd)


@contextmanager
def mutex(path: Path, deadline: Deadline) -> Iterator[None]:
    """Be the only one who starts, joins, leaves or stops; ``busy`` when somebody else keeps at it."""
    lock = FileLock.open(path)
    try:
        if not lock.take_before(deadline):
            raise EmbeddedError(
                "busy",
                f"Another program is starting or stopping the database in {path.parent.parent} "
                "and does not finish: end it and start again.",
            )
        yield
    finally:
        lock.close()


def is_free(path: Path) -> bool:
    """Whether nobody holds *path* at this moment."""
    lock = FileLock.open(path)
    try:
        return lock.take()
    finally:
        lock.close()
