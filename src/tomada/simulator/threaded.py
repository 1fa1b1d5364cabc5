"""Run a simulator beside a program that has no event loop to spare: in a thread, on a real port."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar, overload

from tomada.simulator.runner import Simulator, run_simulator
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class ThreadedSimulator:
    """A simulator that runs in a thread of this process; every method may be called from any."""

    simulator: Simulator
    loop: asyncio.AbstractEventLoop

    @property
    def url(self) -> str:
        """The origin of the API, the control API and the Connect page."""
        return self.simulator.url

    @property
    def client_id(self) -> str:
        """The client id that `/auth` accepts."""
        return self.simulator.settings.client_id

    @property
    def client_secret(self) -> str:
        """The client secret that `/auth` accepts."""
        return self.simulator.settings.client_secret

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that lead the official Node SDK, and programs in its manner, here."""
        return {
            "PLUGGY_API_URL": self.url,
            "PLUGGY_CLIENT_ID": self.client_id,
            "PLUGGY_CLIENT_SECRET": self.client_secret,
        }

    @overload
    def do(self, action: Callable[[World], Awaitable[T]], *, timeout: float = ...) -> T: ...

    @overload
    def do(self, action: Callable[[World], T], *, timeout: float = ...) -> T: ...

    def do(self, action: Callable[[World], Any], *, timeout: float = 30.0) -> Any:
        """Let *action* work on the world, in the world's own thread, and give what it gives.

        A coroutine is awaited there. `TimeoutError` when it takes longer than *timeout* seconds.
        """

        async def act() -> Any:
            given = action(self.simulator.world)
            return await given if inspect.isawaitable(given) else given

        return asyncio.run_coroutine_threadsafe(act(), self.loop).result(timeout)

    def settle(self, *, timeout: float = 30.0) -> None:
        """Wait until no run is under way and every webhook has been delivered."""
        self.do(lambda world: world.settled(timeout=timeout), timeout=timeout + 1)

    def reset(self) -> None:
        """Begin again with an empty world, webhooks included; the address stays."""
        self.do(lambda world: world.reset())


@contextmanager
def threaded_simulator(settings: SimulatorSettings | None = None) -> Iterator[ThreadedSimulator]:
    """Run a simulator until the block is left; `OSError` when the port is taken."""
    started: Future[tuple[ThreadedSimulator, asyncio.Event]] = Future()
    thread = Thread(target=_serve, args=(settings, started), name="pluggy-simulator", daemon=True)
    thread.start()
    running, stop = started.result()
    try:
        yield running
    finally:
        running.loop.call_soon_threadsafe(stop.set)
        thread.join()


def _serve(settings: SimulatorSettings | None, started: Future[Any]) -> None:
    async def serve() -> None:
        stop = asyncio.Event()
        async with run_simulator(settings) as simulator:
            started.set_result((ThreadedSimulator(simulator, asyncio.get_running_loop()), stop))
            await stop.wait()

    try:
        asyncio.run(serve())
    except Exception as failure:
        if started.done():
            raise
        started.set_exception(failure)
