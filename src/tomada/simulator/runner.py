"""Run a simulator: in the caller's event loop, on a real port, until the block is left."""

import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from tomada.simulator.api.app import create_app
from tomada.simulator.collect import BankSource
from tomada.simulator.households import bank_for
from tomada.simulator.serving import serving, serving_tls
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.tls import Certificates, certificates
from tomada.simulator.world import World, new_world


@dataclass(frozen=True, slots=True, repr=False)
class Simulator:
    """A running simulator."""

    settings: SimulatorSettings
    # The origin of everything on this machine: API, control API and Connect page.
    url: str
    world: World
    app: ASGIApp


@asynccontextmanager
async def run_simulator(
    settings: SimulatorSettings | None = None, *, source: BankSource = bank_for
) -> AsyncIterator[Simulator]:
    """Serve until the block is left; `OSError` when the port is taken, `TlsError` without the extra.

    *source* tells what people have at their banks, by default the invented households.

    No signal handler is installed and no global logging is touched. Deliveries that wait are
    dropped at the end, requests under way get a second.
    """
    chosen = settings if settings is not None else SimulatorSettings()
    listener = _listen(chosen.host, chosen.port)
    with contextlib.closing(listener):
        known = _certificates(chosen)
        world = new_world(chosen, source=source)
        scheme = "http" if known is None else "https"
        url = _origin(scheme, chosen.host, listener)
        world.hooks.origin = chosen.origin or url
        async with world.running():
            app = create_app(world, own_time=False)
            served = (
                serving(app, listener)
                if known is None
                else serving_tls(app, listener, known, faults=world.faults)
            )
            async with served:
                yield Simulator(world.settings, url, world, app)


def _origin(scheme: str, host: str, listener: socket.socket) -> str:
    # Every address of the machine is no address to go to.
    name = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104  compared, not bound
    name = f"[{name}]" if ":" in name else name
    return f"{scheme}://{name}:{listener.getsockname()[1]}"


def _certificates(settings: SimulatorSettings) -> Certificates | None:
    if settings.tls_authority is None:
        return None
    names = {settings.host, urlsplit(settings.origin or "").hostname or settings.host}
    return certificates(names, settings.tls_authority)


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
