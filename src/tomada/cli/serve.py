"""``tomada up``, ``web`` and ``worker``: the server in one process or in several."""

import asyncio
import contextlib
import errno
import getpass
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator

from starlette.types import ASGIApp

from tomada.bootstrap import App, open_app
from tomada.domain.errors import TomadaError
from tomada.settings import Settings
from tomada.telemetry import log, set_up
from tomada.web.app import create_app
from tomada.web.monitoring import monitoring_of
from tomada.web.server import listen, server_for
from tomada.worker import Worker

_STOP_SECONDS = 10


class ListenError(TomadaError):
    """The address to listen on cannot be had."""

    code = "cannot_listen"


async def up(*, host: str | None = None, port: int | None = None) -> None:
    """Run everything in one process, until Ctrl-C.

    Needs PLUGGY_CLIENT_ID and PLUGGY_CLIENT_SECRET, from dashboard.pluggy.ai. Safe to stop at any
    time.

    Parameters
    ----------
    host
        Address to listen on; loopback by default.
    port
        Port to listen on.
    """
    _ask_for_keys()
    settings = _settings(host, port)
    set_up()
    async with (
        stopping() as stop,
        open_app(settings) as app,
        monitored(app),
        serving(app),
        Worker(app).running(),
    ):
        print(f"Tomada is running at {settings.origin}   (Ctrl-C stops it)", flush=True)
        await stop.wait()


async def web(*, host: str | None = None, port: int | None = None) -> None:
    """Serve HTTP only; workers run elsewhere.

    Parameters
    ----------
    host
        Address to listen on; loopback by default.
    port
        Port to listen on.
    """
    settings = _settings(host, port)
    set_up()
    async with stopping() as stop, open_app(settings) as app, monitored(app), serving(app):
        print(f"Tomada's web process is running at {settings.origin}", flush=True)
        await stop.wait()


async def worker() -> None:
    """Do jobs only; any number of workers share the queue."""
    set_up()
    async with (
        stopping() as stop,
        open_app(Settings()) as app,
        monitored(app),
        Worker(app).running(),
    ):
        print("Tomada's worker is running", flush=True)
        await stop.wait()


def _ask_for_keys() -> None:
    """Ask for Pluggy's keys where somebody sits at the terminal and none are set."""
    names = ("PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_SECRET")
    given = [name for name in names if os.environ.get(name) or os.environ.get(f"{name}_FILE")]
    if len(given) == len(names) or os.environ.get("TOMADA_PLUGGY_CLIENT_ID"):
        return
    if not sys.stdin.isatty():
        return
    print("Make an application at dashboard.pluggy.ai; it shows a client id and a secret.")
    os.environ[names[0]] = input("Client id: ").strip()
    os.environ[names[1]] = getpass.getpass("Client secret: ").strip()


def _settings(host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # each has its field's type


@contextlib.asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Give an event that Ctrl-C and SIGTERM set.

    Stopping is bounded, so more signals change nothing; should it hang all the same, the process
    ends itself after ten seconds.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if not stop.is_set():
            stop.set()
            loop.call_later(_STOP_SECONDS, os._exit, 1)

    signals = (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, asked)
    try:
        yield stop
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


@contextlib.asynccontextmanager
async def serving(app: App, *, listener: socket.socket | None = None) -> AsyncIterator[None]:
    """Serve HTTP and WebSocket for the length of the block."""
    settings = app.settings
    bound = listener or take_port(settings.host, settings.port)
    async with _listening(create_app(app), bound):
        log.info("web_started", port=bound.getsockname()[1])
        yield


@contextlib.asynccontextmanager
async def monitored(app: App, *, listener: socket.socket | None = None) -> AsyncIterator[None]:
    """Serve the monitor's listener for the length of the block.

    Two processes of one machine want two ports; who did not choose one gets a warning only.
    """
    settings = app.settings
    if listener is None and not settings.metrics_port:
        yield
        return
    try:
        bound = listener or take_port(settings.metrics_host, settings.metrics_port)
    except ListenError:
        if {"metrics_port", "metrics_host"} & settings.model_fields_set:
            raise
        log.warning("metrics_not_served", port=settings.metrics_port)
        yield
        return
    async with _listening(monitoring_of(app), bound):
        yield


@contextlib.asynccontextmanager
async def _listening(served: ASGIApp, bound: socket.socket) -> AsyncIterator[None]:
    host, port = bound.getsockname()[:2]
    with contextlib.closing(bound):
        server = server_for(served, host=host, port=port)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started and not task.done():  # noqa: ASYNC110  (uvicorn offers a flag, no event)
                await asyncio.sleep(0.005)
            if task.done():
                await task
                raise ListenError("the server did not start; see the log")
            yield
        finally:
            server.should_exit = True
            await task


def take_port(host: str, port: int) -> socket.socket:
    """Listen; raises ``ListenError`` with what to do."""
    try:
        return listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ListenError(
                f"port {port} is in use; choose another one with --port or TOMADA_PORT"
            ) from error
        raise ListenError(f"cannot listen on {host}:{port}: {error.strerror}") from error
