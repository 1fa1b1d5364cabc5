"""Choose the directory of the Unix socket: private, and short enough for the kernel."""

import os
import re
import secrets
import shutil
import socket
import stat
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from tomada.store.embedded_errors import EmbeddedError
from tomada.store.embedded_layout import Layout
from tomada.store.embedded_process import Identity, own

SOCKET = ".s.PGSQL.5432"

_ANSWER_SECONDS = 5

# PostgreSQL's SSLRequest message: its length and its number.
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)

# The address of a socket holds 107 bytes on Linux and 103 on macOS.
_LONGEST = 103

# What may stand in an address of PostgreSQL without quoting; a comma would separate two hosts.
_PLAIN = re.compile(r"[A-Za-z0-9/._+~-]+\Z")

_PREFIX = "tomada-"


def make_socket_dir(layout: Layout, identity: Identity | None) -> Path:
    """Make an empty directory, mode 0700, owned by the server's user.

    It lies beside PGDATA, or, where that path is too long or its file system has no sockets, under a random
    name in the user's runtime directory or the system's temporary one. Programs that still know the address
    of a server that died find its successor there if that can be.
    """
    remove_socket_dir(layout)
    for place in _candidates(layout):
        if not _fits(place / SOCKET):
            continue
        try:
            place.mkdir(mode=0o700)
        except OSError:
            continue
        if _takes_sockets(place):
            place.chmod(0o700)
            if identity is not None:
                own(place, identity)
            return place
        place.rmdir()
    raise EmbeddedError(
        "start_failed",
        f"No directory for the database's socket: {layout.home} is too long a path or takes no sockets, "
        f"and nothing can be made in {tempfile.gettempdir()}. Choose a shorter data directory.",
    )


def remove_socket_dir(layout: Layout) -> None:
    """Remove what a stopped server left, and nothing that is not such a directory."""
    for place in {layout.home / "run", *_previous(layout)}:
        with suppress(OSError):
            about = place.lstat()
            if stat.S_ISDIR(about.st_mode) and _is_of_us(about, layout):
                shutil.rmtree(place)


def answers(socket_dir: Path) -> bool:
    """Whether a server there takes a connection up; whose it is follows from the directory's privacy.

    The kernel connects us even to a server that hangs or is just being killed, so it must say something:
    asked for encryption, it answers one byte before any password is talked about.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_ANSWER_SECONDS)
        try:
            probe.connect(os.fspath(socket_dir / SOCKET))
            probe.sendall(_SSL_REQUEST)
            return probe.recv(1) in {b"N", b"S"}
        except OSError:
            return False


def _candidates(layout: Layout) -> list[Path]:
    name = _PREFIX + secrets.token_hex(6)
    places = [layout.home / "run", *_previous(layout)]
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and Path(runtime).is_absolute() and os.geteuid() != 0:
        places.append(Path(runtime) / name)
    if os.geteuid() == 0:
        places.append(Path("/run") / name)
    return [*places, Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108 - a random name, made by mkdir and so never somebody else's


def _previous(layout: Layout) -> list[Path]:
    """Name the last server's directory outside of ours, if there was one."""
    address = layout.address()
    return [address[0]] if address is not None and address[0].name.startswith(_PREFIX) else []


def _fits(path: Path) -> bool:
    text = os.fspath(path)
    return len(os.fsencode(text)) <= _LONGEST and _PLAIN.match(text) is not None


def _takes_sockets(place: Path) -> bool:
    path = place / "probe"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.bind(os.fspath(path))
        except OSError:
            return False
    path.unlink()
    return True


def _is_of_us(about: os.stat_result, layout: Layout) -> bool:
    owners = {os.geteuid()}
    with suppress(OSError):
        owners.add(layout.pgdata.stat().st_uid)
    return about.st_uid in owners
