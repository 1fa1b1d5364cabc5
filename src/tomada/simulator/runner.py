"""Run a simulator: in the caller's event loop, on a real port, until the block is left."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from tomada.simulator.api.app import create_app
from tomada.simulator.collect import BankSource
from tomada.simulator.households import bank_for
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.world import World, new_world

_GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True, repr=False)
class Simulator:
    """A running simulator."""

    settings: SimulatorSettings
    # The origin of everything: API, control API and Connect page.
    url: str
    world: World
    app: ASGIApp


@asynccontextmanager
async def run_simulator(
    settings: SimulatorSettings | None = None, *, source: BankSource = bank_for
) -> AsyncIterator[Simulator]:
    """Serve until the block is left; `OSError` when the port is taken.

    *source* tells what people have at their banks, by default the invented households.

    No signal handler is installed and no global logging is touched. Deliveries that wait are
    dropped at the end, requests under way get a second.
    """
    chosen = settings if settings is not None else SimulatorSettings()
    listener = _listen(chosen.host, chosen.port)
    with contextlib.closing(listener):
        world = new_world(chosen, source=source)
        host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
        world.hooks.origin = f"http://{host}:{listener.getsockname()[1]}"
        async with world.running():
            app = create_app(world, own_time=False)
            async with _serving(app, listener):
                yield Simulator(world.settings, world.origin, world, app)


@asynccontextmanager
async def _serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            ws="none",
            lifespan="off",
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    serving = asyncio.get_running_loop().create_task(server.serve(sockets=[listener]))
    try:
        await _started(server, serving)
        yield
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError:
        listener.close()
        raise
    return listener


async def _started(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
            raise RuntimeError("the simulator did not start")
        await asyncio.sleep(0.005)
