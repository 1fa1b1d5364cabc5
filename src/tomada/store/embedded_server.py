"""The postmaster of one cluster: start it, see how it does, stop it."""

import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tomada.store.embedded_binaries import Installation
from tomada.store.embedded_errors import EmbeddedError, from_output
from tomada.store.embedded_init import opened
from tomada.store.embedded_layout import Layout
from tomada.store.embedded_locks import Deadline, is_free, pause
from tomada.store.embedded_process import Identity, spawn
from tomada.store.embedded_sockets import answers, make_socket_dir, remove_socket_dir

FAST_STOP_SECONDS = 4
IMMEDIATE_STOP_SECONDS = 6

_LOG_BYTES = 8 * 1024 * 1024
_LOG_TAIL_BYTES = 16 * 1024

# One writer of moderate size beside the program itself. Given on the command line at every start, so that
# they follow the version of Tomada and not the age of the data directory.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "cluster_name": "tomada",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "password_encryption": "scram-sha-256",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Bounds on the disk, and no process for what nobody uses here.
    "min_wal_size": "64MB",
    "max_wal_size": "256MB",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_parallel_workers_per_gather": "0",
    # /dev/shm is 64 MB in many containers and is swept by systemd when the user logs out.
    "dynamic_shared_memory_type": "mmap",
    "min_dynamic_shared_memory": "8MB",
    # Errors of statements go to whoever sent them; here they could show what people bought.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
    "log_line_prefix": "%m [%p] ",
}
_SINCE_18 = {"io_method": "sync"}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says: the process, and whether it accepts connections."""

    pid: int
    is_ready: bool


def read_postmaster(layout: Layout) -> Postmaster | None:
    """Read postmaster.pid; None when it is missing or half written."""
    try:
        lines = (layout.pgdata / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return Postmaster(pid=pid, is_ready=len(lines) > 7 and lines[7].strip() == "ready")  # noqa: PLR2004 - its eighth line is the state


def is_reachable(layout: Layout) -> bool:
    """Whether the server is ready and its socket answers us."""
    postmaster = read_postmaster(layout)
    address = layout.address()
    return (
        postmaster is not None
        and postmaster.is_ready
        and address is not None
        and answers(address[0])
    )


def start(
    layout: Layout,
    installation: Installation,
    *,
    identity: Identity | None,
    server_fd: int,
    deadline: Deadline,
) -> None:
    """Start the server and wait until it is ready; *server_fd* holds the server lock and is inherited.

    Crash recovery happens here: it takes as long as the write-ahead log is long.
    """
    # The server lock is ours, so no process of the server lives, whatever this file says.
    (layout.pgdata / "postmaster.pid").unlink(missing_ok=True)
    layout.pgdata.chmod(0o700)
    socket_dir = make_socket_dir(layout, identity)
    layout.save_address(socket_dir, installation.version)
    trim_log(layout)
    pgdata_fd, pgdata = opened(layout.pgdata)
    socket_fd, sockets = opened(socket_dir)
    log_fd = os.open(
        layout.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
    )
    try:
        layout.give(layout.log)
        began = os.fstat(log_fd).st_size
        settings = {**_SETTINGS, "unix_socket_directories": f'"{sockets}"'}
        if installation.major >= 18:  # noqa: PLR2004 - the version that brought these settings
            settings |= _SINCE_18
        process = spawn(
            [
                installation.postgres,
                "-D",
                pgdata,
                *(f"--{name.replace('_', '-')}={value}" for name, value in settings.items()),
            ],
            identity=identity,
            fds=(pgdata_fd, socket_fd, server_fd),
            output=log_fd,
        )
    finally:
        for fd in (pgdata_fd, socket_fd, log_fd):
            os.close(fd)
    while not is_reachable(layout):
        if process.returncode is not None:
            raise from_output("start_failed", output=_log_since(layout, began), place=layout.home)
        if deadline.passed:
            raise EmbeddedError(
                "busy",
                f"PostgreSQL is still recovering the database in {layout.home}: start again in a while.",
            )
        pause()


def stop(layout: Layout, *, deadline: Deadline) -> bool:
    """Stop the server by fast shutdown, after some seconds at once; True when nothing of it is left.

    Both are safe for every commit; the second one only costs a recovery at the next start.
    """
    for number, seconds in (
        (signal.SIGINT, FAST_STOP_SECONDS),
        (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS),
    ):
        postmaster = read_postmaster(layout)
        if postmaster is not None and _is_ours(postmaster.pid, layout):
            with suppress(ProcessLookupError):
                os.kill(postmaster.pid, number)
        if _wait_free(layout, seconds, deadline):
            remove_socket_dir(layout)
            return True
    kill_orphans(layout)
    gone = _wait_free(layout, IMMEDIATE_STOP_SECONDS, deadline)
    if gone:
        remove_socket_dir(layout)
    return gone


def is_headless(layout: Layout) -> bool:
    """Whether processes of the server live on without their postmaster."""
    postmaster = read_postmaster(layout)
    return postmaster is not None and not _is_ours(postmaster.pid, layout)


def kill_orphans(layout: Layout) -> None:
    """End backends that outlived their postmaster; they can commit nothing any more."""
    if sys.platform != "linux":
        return
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_ours(int(entry.name), layout):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(entry.name), signal.SIGKILL)


def trim_log(layout: Layout) -> None:
    """Keep the end of a log that grew too long as ``server.log.old`` and begin anew.

    The server appends, so that cutting the file under it is safe; a line written in between may be lost.
    """
    try:
        if layout.log.stat().st_size <= _LOG_BYTES:
            return
        old = layout.log.with_suffix(".log.old")
        with layout.log.open("rb+") as log, old.open("wb") as kept:
            old.chmod(0o600)
            log.seek(-_LOG_BYTES // 2, os.SEEK_END)
            kept.write(log.read())
            log.truncate(0)
        layout.give(old)
    except OSError:
        return


def _wait_free(layout: Layout, seconds: int, deadline: Deadline) -> bool:
    until = Deadline.after(seconds)
    while not is_free(layout.server):
        if until.passed or deadline.passed:
            return False
        pause()
    return True


def _is_ours(pid: int, layout: Layout) -> bool:
    """Whether *pid* is alive and a process of this cluster: the server works in its PGDATA."""
    if sys.platform != "linux":
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True
    try:
        return Path(f"/proc/{pid}/cwd").samefile(layout.pgdata)
    except OSError:
        return False


def _log_since(layout: Layout, began: int) -> str:
    with layout.log.open("rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(min(began, size), size - _LOG_TAIL_BYTES))
        return log.read().decode(errors="replace")
