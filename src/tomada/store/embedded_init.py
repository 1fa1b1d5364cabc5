"""Make a new cluster: initdb, the two roles, the database; it appears under its name only when complete."""

import os
from pathlib import Path

from tomada.store.embedded_binaries import Installation
from tomada.store.embedded_errors import EmbeddedError, from_output
from tomada.store.embedded_layout import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    SUPER_ROLE,
    Layout,
    Passwords,
)
from tomada.store.embedded_process import Identity, named_identity, own, own_tree, run

# A cluster takes 40 MB, its write-ahead log up to 256 MB more; below this the first hour would fail.
_LEAST_FREE_BYTES = 128 * 1024 * 1024

# Every connection proves that it knows the password, ours too; there is no line for anything else.
_HBA = "# TYPE  DATABASE  USER  METHOD\nlocal   all       all   scram-sha-256\n"


def opened(path: Path) -> tuple[int, str]:
    """Open a directory and name it so that a child reaches it whatever its parents' modes are.

    A checkout below /root is closed to the user the server runs as, and its parents' modes are not ours to
    change. A directory that root has opened and hands down stays usable by ``/proc/self/fd``. Without a
    ``/proc`` the name is the plain path.
    """
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
    name = f"/proc/self/fd/{fd}"
    return fd, name if Path(name).is_dir() else os.fspath(path)


def initialise(
    layout: Layout, installation: Installation, *, identity: Identity | None, server_fd: int
) -> None:
    """Make PGDATA; interrupted anywhere, the next call begins anew.

    *server_fd* is inherited, so that the server lock stays taken while any child of ours still writes.
    """
    free = os.statvfs(layout.home)
    if free.f_bavail * free.f_frsize < _LEAST_FREE_BYTES:
        raise EmbeddedError(
            "disk_full",
            f"The disk of {layout.home} is full: a new database needs "
            f"{_LEAST_FREE_BYTES // 2**20} MB. Free some space there and start again.",
        )
    maker = named_identity(identity)
    passwords = Passwords.random()
    layout.sweep()
    layout.unborn.mkdir(mode=0o700)
    if maker is not None:
        own(layout.unborn, maker)
    folder, name = opened(layout.unborn)
    try:
        _make(installation, name=name, identity=maker, fds=(folder, server_fd), place=layout.home)
        set_up = [_role(OWNER_ROLE, "CREATE"), _role(APP_ROLE, "CREATE"), *_DATABASE]
        _say(
            installation,
            [*set_up, *_passwords(passwords)],
            name=name,
            identity=maker,
            fds=(folder, server_fd),
            place=layout.home,
        )
    finally:
        os.close(folder)
    _write_hba(layout.unborn)
    if identity is not None:
        own_tree(layout.unborn, identity)
    layout.save_passwords(passwords)
    layout.mark()
    layout.unborn.rename(layout.pgdata)
    layout.sync()


def renew_passwords(
    layout: Layout, installation: Installation, *, identity: Identity | None, server_fd: int
) -> Passwords:
    """Set new passwords while the server is down, when the file with the old ones is lost."""
    passwords = Passwords.random()
    maker = named_identity(identity)
    folder, name = opened(layout.pgdata)
    try:
        if maker is not None:
            own_tree(layout.pgdata, maker)
        _say(
            installation,
            _passwords(passwords),
            name=name,
            identity=maker,
            fds=(folder, server_fd),
            place=layout.home,
        )
    finally:
        os.close(folder)
        if identity is not None:
            own_tree(layout.pgdata, identity)
    layout.save_passwords(passwords)
    return passwords


_DATABASE = (
    f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE};",
    f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;",
    f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP_ROLE};",
    "REVOKE ALL ON DATABASE postgres FROM PUBLIC;",
    "REVOKE ALL ON DATABASE template1 FROM PUBLIC;",
)


def _role(name: str, verb: str) -> str:
    return (
        f"{verb} ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;"
    )


def _passwords(passwords: Passwords) -> list[str]:
    pairs = (
        (SUPER_ROLE, passwords.superuser),
        (OWNER_ROLE, passwords.owner),
        (APP_ROLE, passwords.app),
    )
    return [f"ALTER ROLE {role} PASSWORD '{password}';" for role, password in pairs]


def _make(
    installation: Installation,
    *,
    name: str,
    identity: Identity | None,
    fds: tuple[int, ...],
    place: Path,
) -> None:
    made = run(
        [
            installation.initdb,
            f"--pgdata={name}",
            f"--username={SUPER_ROLE}",
            # Nobody can connect until the file of our own is in place.
            "--auth=reject",
            "--encoding=UTF8",
            *_locale(installation),
            "--data-checksums",
            "--no-instructions",
        ],
        identity=identity,
        fds=fds,
    )
    if made.status != 0:
        raise from_output("init_failed", output=made.output, place=place)


def _locale(installation: Installation) -> tuple[str, ...]:
    """Choose the order of text that is the same on every system; PostgreSQL 17 brought it."""
    if installation.major >= 17:  # noqa: PLR2004 - explained above
        return ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    return ("--locale=C",)


def _say(
    installation: Installation,
    statements: list[str],
    *,
    name: str,
    identity: Identity | None,
    fds: tuple[int, ...],
    place: Path,
) -> None:
    """Run statements on a server that is down, by standard input: no password in a command line."""
    done = run(
        [
            installation.postgres,
            "--single",
            "-D",
            name,
            "-c",
            "log_min_error_statement=panic",
            "-c",
            "exit_on_error=on",
            "postgres",
        ],
        identity=identity,
        fds=fds,
        stdin="\n".join(statements) + "\n",
    )
    if done.status != 0 or "ERROR:" in done.output:
        raise from_output("init_failed", output=done.output, place=place)


def _write_hba(pgdata: Path) -> None:
    path = pgdata / "pg_hba.conf"
    path.unlink()
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(_HBA)
        file.flush()
        os.fsync(file.fileno())
    found = pgdata.stat()
    os.chown(path, found.st_uid, found.st_gid)
