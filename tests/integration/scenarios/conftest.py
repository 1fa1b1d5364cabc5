"""An installation whose time is the simulator's, so that days pass for both at once."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.conftest import Running
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.worker import Worker


@pytest.fixture
async def tomada(
    settings_for: Callable[[Simulator, int], Settings],
) -> AsyncIterator[Running]:
    quick = SimulatorSettings(
        retry_scale=1 / 3600,
        requests_per_minute=None,
        item_updates_per_minute=None,
        bank_delay=0.05,
    )
    async with run_simulator(quick) as simulator:
        bound = take_port("127.0.0.1", 0)
        settings = settings_for(simulator, bound.getsockname()[1])
        async with (
            open_app(settings, clock=simulator.world.clock) as app,
            serving(app, listener=bound),
            Worker(app).running(),
        ):
            yield Running(app, settings.origin, simulator)
