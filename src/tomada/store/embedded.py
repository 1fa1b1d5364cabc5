"""PostgreSQL in the data directory: the first program that asks starts it, the last that leaves stops it.

The programs come from a wheel; starting, sharing and stopping are ours. There is no port: the server
listens on one Unix socket in a directory of mode 0700, and every connection needs a password that lies,
mode 0600, beside the database. Programs that are killed leave the server running; the next one finds it.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import structlog

from tomada.store import embedded_server as server
from tomada.store.embedded_binaries import matching, newest, usable_by
from tomada.store.embedded_errors import EmbeddedError, from_os_error
from tomada.store.embedded_init import initialise, renew_passwords
from tomada.store.embedded_layout import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    SUPER_ROLE,
    Layout,
)
from tomada.store.embedded_locks import Deadline, FileLock, is_free, mutex, pause
from tomada.store.embedded_process import own_tree, server_identity

__all__ = [
    "EmbeddedCluster",
    "EmbeddedError",
    "Membership",
    "embedded_postgres",
    "join",
    "stop_embedded",
]

_START_SECONDS = 60
_LEAVE_SECONDS = 20
_ORPHAN_SECONDS = 3
_TEND_SECONDS = 2


class Log(Protocol):
    """Where events go; a structlog logger is one."""

    def info(self, event: str, **fields: Any) -> Any:
        """Note something expected."""

    def warning(self, event: str, **fields: Any) -> Any:
        """Note something to look at."""


@dataclass(frozen=True, slots=True)
class EmbeddedCluster:
    """A running server. The addresses contain passwords and stay out of ``repr``."""

    owner_url: str = field(repr=False)
    """Owns the database ``tomada``: for migrations."""
    app_url: str = field(repr=False)
    """Owns nothing, may connect; what else it may do, migrations grant."""
    super_url: str = field(repr=False)
    """Sees every row: for backups."""
    socket_dir: Path
    pid: int
    version: str


@asynccontextmanager
async def embedded_postgres(
    data_dir: Path, *, log: Log | None = None
) -> AsyncIterator[EmbeddedCluster]:
    """Start the server of *data_dir*, or join it where another program has; leave on exit.

    The last to leave stops it, in a moment as a rule and in 5 s at most by ordinary means. Raises ``EmbeddedError`` with a sentence for the person at
    the terminal. A cancelled start leaves nothing running.
    """
    sink: Log = structlog.get_logger("tomada.embedded") if log is None else log
    # A pool of our own: the loop's default one is closed before late clean-up runs.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedded-postgres") as pool:
        loop = asyncio.get_running_loop()
        joining = loop.run_in_executor(pool, join, data_dir, sink)
        cancelled = await _finished(joining)
        if cancelled and joining.exception() is not None:
            raise asyncio.CancelledError
        membership = joining.result()
        try:
            if cancelled:
                raise asyncio.CancelledError
            tending = asyncio.create_task(_tend(membership, pool))
            try:
                yield membership.cluster
            finally:
                tending.cancel()
                await _finished(tending)
        finally:
            if await _finished(loop.run_in_executor(pool, membership.leave)):
                raise asyncio.CancelledError


async def stop_embedded(data_dir: Path) -> bool:
    """Stop a server that killed programs left behind; False if programs still use it or none runs."""
    return await asyncio.to_thread(_stop_abandoned, data_dir)


@dataclass(frozen=True, slots=True)
class Membership:
    """One program's part in a running server."""

    cluster: EmbeddedCluster
    layout: Layout
    lock: FileLock
    log: Log

    def tend(self) -> None:
        """Start the server again if it is gone (killed, out of memory); what failed is tried again later."""
        try:
            server.trim_log(self.layout)
            if is_free(self.layout.server):
                deadline = Deadline.after(_START_SECONDS)
                with mutex(self.layout.mutex, deadline):
                    self.log.warning("embedded_postgres_was_gone")
                    _reach(self.layout, deadline=deadline, is_first=False, log=self.log)
        except (EmbeddedError, OSError) as error:
            self.log.warning("embedded_postgres_not_revived", reason=str(error))

    def leave(self) -> None:
        """Give up the part; the last one stops the server."""
        self.lock.close()
        deadline = Deadline.after(_LEAVE_SECONDS)
        try:
            with mutex(self.layout.mutex, deadline):
                if not _is_abandoned(self.layout):
                    return
                if server.stop(self.layout, deadline=deadline):
                    self.log.info("embedded_postgres_stopped")
                else:
                    self.log.warning("embedded_postgres_not_stopped", pid=self.cluster.pid)
        except (EmbeddedError, OSError) as error:
            # Whoever keeps the mutex is or becomes a member, and stops the server in its turn.
            self.log.warning("embedded_postgres_not_stopped", reason=str(error))


def join(data_dir: Path, log: Log) -> Membership:
    """Start or join; blocks up to a minute, so that it belongs into a thread."""
    if sys.platform == "win32":
        raise EmbeddedError(
            "unsupported_platform",
            "The embedded PostgreSQL needs Linux or macOS: set TOMADA_DATABASE_URL.",
        )
    try:
        layout = Layout.open(data_dir)
        deadline = Deadline.after(_START_SECONDS)
        with mutex(layout.mutex, deadline):
            lock = FileLock.open(layout.members)
            try:
                is_first = lock.take()
                lock.take(shared=True)
                cluster = _reach(layout, deadline=deadline, is_first=is_first, log=log)
            except BaseException:
                lock.close()
                raise
            return Membership(cluster=cluster, layout=layout, lock=lock, log=log)
    except OSError as error:
        raise from_os_error(error, data_dir) from error


def _reach(layout: Layout, *, deadline: Deadline, is_first: bool, log: Log) -> EmbeddedCluster:
    """Get from whatever is there, alive, dying or dead, to a server that answers."""
    patience = Deadline.after(_ORPHAN_SECONDS)
    while True:
        lock = FileLock.open(layout.server)
        try:
            if lock.take():
                cluster = _start(layout, lock, deadline)
                log.info("embedded_postgres_started", pid=cluster.pid, version=cluster.version)
                return cluster
        finally:
            lock.close()
        if server.is_reachable(layout):
            cluster = _describe(layout)
            log.info("embedded_postgres_joined", pid=cluster.pid, version=cluster.version)
            return cluster
        if patience.passed and server.is_headless(layout):
            server.kill_orphans(layout)
        elif patience.passed and is_first and _lost_its_socket(layout):
            server.stop(layout, deadline=deadline)
        if deadline.passed:
            raise EmbeddedError(
                "unreachable",
                f"The database server of {layout.home} runs but does not answer: "
                "end its processes and start again.",
            )
        pause()


def _start(layout: Layout, lock: FileLock, deadline: Deadline) -> EmbeddedCluster:
    identity = server_identity(layout.pgdata, layout.home.parent)
    layout.sweep()
    if layout.pgdata.exists():
        if identity is not None:
            # Root may have copied or restored some of it, and may not run a server itself.
            own_tree(layout.pgdata, identity)
        installation = usable_by(matching(layout.major(), layout.home.parent), identity)
        if layout.passwords() is None:
            renew_passwords(layout, installation, identity=identity, server_fd=lock.fd)
    else:
        installation = usable_by(newest(), identity)
        initialise(layout, installation, identity=identity, server_fd=lock.fd)
    server.start(layout, installation, identity=identity, server_fd=lock.fd, deadline=deadline)
    return _describe(layout)


def _describe(layout: Layout) -> EmbeddedCluster:
    passwords = layout.passwords()
    address = layout.address()
    postmaster = server.read_postmaster(layout)
    if passwords is None or address is None or postmaster is None:
        raise EmbeddedError(
            "damaged",
            f"The passwords of the running database in {layout.home} are lost: "
            "end the programs that use it and start again.",
        )
    socket_dir, version = address
    return EmbeddedCluster(
        owner_url=f"postgresql://{OWNER_ROLE}:{passwords.owner}@/{DATABASE}?host={socket_dir}",
        app_url=f"postgresql://{APP_ROLE}:{passwords.app}@/{DATABASE}?host={socket_dir}",
        super_url=f"postgresql://{SUPER_ROLE}:{passwords.superuser}@/{DATABASE}?host={socket_dir}",
        socket_dir=socket_dir,
        pid=postmaster.pid,
        version=version,
    )


def _lost_its_socket(layout: Layout) -> bool:
    """Whether the server is up behind a socket that somebody has removed."""
    postmaster = server.read_postmaster(layout)
    return postmaster is not None and postmaster.is_ready and not server.is_reachable(layout)


def _is_abandoned(layout: Layout) -> bool:
    """Whether no program uses the server; call it with the mutex held.

    Another thread's child holds every open file for the moment between fork and exec, so one refusal
    is not yet an answer.
    """
    for _ in range(5):
        if is_free(layout.members):
            return True
        pause()
    return False


def _stop_abandoned(data_dir: Path) -> bool:
    if not (data_dir.resolve() / "postgres").is_dir():
        return False
    layout = Layout.open(data_dir)
    deadline = Deadline.after(_LEAVE_SECONDS)
    with mutex(layout.mutex, deadline):
        if is_free(layout.server) or not _is_abandoned(layout):
            return False
        return server.stop(layout, deadline=deadline)


async def _tend(membership: Membership, pool: ThreadPoolExecutor) -> None:
    """Start the server again if it dies under us, and keep its log short.

    The pool has one thread, so that leaving comes after a revival and not in the middle of it.
    """
    while True:
        await asyncio.sleep(_TEND_SECONDS)
        await asyncio.get_running_loop().run_in_executor(pool, membership.tend)


async def _finished(work: asyncio.Future[Any]) -> bool:
    """Wait until *work* is done, however often we are cancelled; True if we were."""
    cancelled = False
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError:
            cancelled = True
    return cancelled
