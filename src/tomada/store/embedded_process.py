"""Run PostgreSQL's programs: as which user, with an empty environment, in a session of their own."""

import errno
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tomada.store.embedded_errors import EmbeddedError

if sys.platform != "win32":
    import pwd
    import resource

# Of the ranges that systemd's list of user ids names, this one is given to nobody.
_FREE_UIDS = range(60578, 61184)

# What root is told where it may not become somebody else, or where that user id does not exist.
_POWERLESS = frozenset({errno.EPERM, errno.EINVAL})

# Nothing of ours reaches a child: no secret, no PG* variable, no locale. The time zone saves initdb its search.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Identity:
    """The user and group a program runs as."""

    uid: int
    gid: int

    @property
    def is_named(self) -> bool:
        """Whether the system knows the user by name; initdb insists on it, the server does not."""
        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended and everything it said."""

    status: int
    output: str


def server_identity(pgdata: Path, data_dir: Path) -> Identity | None:
    """Whom the server runs as: None is ourselves, since only root must become somebody else.

    Root runs it as the owner of the existing database, else as the owner of the data directory, else as a
    user id of its own that no other program of the machine has.
    """
    if os.geteuid() != 0:
        return None
    for place in (pgdata, data_dir):
        if place.exists():
            found = place.stat()
            if found.st_uid != 0:
                return Identity(found.st_uid, found.st_gid)
    uid = secrets.choice([u for u in _FREE_UIDS if not Identity(u, u).is_named])
    return Identity(uid, uid)


def named_identity(wanted: Identity | None) -> Identity | None:
    """Whom initdb runs as: *wanted*, or where the system has no name for that one, its nobody."""
    if wanted is None or wanted.is_named:
        return wanted
    for name in ("nobody", "postgres", "daemon"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Identity(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "no_user",
        "Started by root, the database needs an unprivileged user to be initialised as: add the user nobody, "
        "or start Tomada as an ordinary user.",
    )


def own_tree(top: Path, identity: Identity) -> None:
    """Give a whole directory to *identity*, following no link and touching no file known by a second name.

    The directory itself comes last: whom it belongs to says that all of it does.
    """
    for folder, folders, files in os.walk(top, topdown=False):
        for name in (*files, *folders):
            path = Path(folder, name)
            found = path.lstat()
            if name in folders or found.st_nlink == 1:
                own(path, identity)
    own(top, identity)


def own(path: Path, identity: Identity) -> None:
    """Give one file or directory to *identity*."""
    found = path.lstat()
    if (found.st_uid, found.st_gid) == (identity.uid, identity.gid):
        return
    try:
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _POWERLESS:
            raise
        raise _powerless(identity) from error


def run(
    argv: Sequence[str | Path], *, identity: Identity | None, fds: Sequence[int], stdin: str = ""
) -> Finished:
    """Run a program to its end."""
    process = _start(
        argv, identity=identity, fds=fds, stdin=subprocess.PIPE, output=subprocess.PIPE
    )
    with process:
        said, _ = process.communicate(stdin.encode())
    return Finished(status=process.returncode, output=said.decode(errors="replace"))


def spawn(
    argv: Sequence[str | Path], *, identity: Identity | None, fds: Sequence[int], output: int
) -> "subprocess.Popen[bytes]":
    """Start a program that outlives us; its ``returncode`` is set when it ends while we are there."""
    process = _start(argv, identity=identity, fds=fds, stdin=subprocess.DEVNULL, output=output)
    # Somebody must wait for it, or it would stay as a zombie when another program stops it.
    threading.Thread(target=process.wait, name="embedded-postgres-reaper", daemon=True).start()
    return process


def _powerless(identity: Identity) -> EmbeddedError:
    return EmbeddedError(
        "no_user",
        f"PostgreSQL does not run as root, and this root may not run it as the user {identity.uid}: "
        "start Tomada as an ordinary user, or set TOMADA_DATABASE_URL.",
    )


def _start(
    argv: Sequence[str | Path],
    *,
    identity: Identity | None,
    fds: Sequence[int],
    stdin: int,
    output: int,
) -> "subprocess.Popen[bytes]":
    try:
        process = subprocess.Popen(  # noqa: S603 - a program of the installed wheel, no shell
            [os.fspath(part) for part in argv],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
            env=_ENVIRONMENT,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            user=None if identity is None else identity.uid,
            group=None if identity is None else identity.gid,
            extra_groups=None if identity is None else [],
        )
    except OSError as error:
        if identity is None or error.errno not in _POWERLESS:
            raise
        raise _powerless(identity) from error
    if sys.platform == "linux":
        # No page of the database and no password in a core file.
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
    return process
