"""An installation without a worker, and in it a bank that is read when a test says so."""

import contextlib
from collections.abc import AsyncIterator, Callable

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, widget_connects
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId
from tomada.settings import Settings
from tomada.simulator import Simulator


@contextlib.asynccontextmanager
async def installed(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[Running]:
    """Give a server without a worker: runs happen when a test makes them."""
    bound = take_port("127.0.0.1", 0)
    settings = settings_for(simulator, bound.getsockname()[1])
    async with open_app(settings) as app, serving(app, listener=bound):
        yield Running(app, settings.origin, simulator)


@contextlib.asynccontextmanager
async def connected(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[tuple[Running, Caller, ItemId]]:
    """Give such an installation, a person, and the bank that the person connected."""
    async with installed(simulator, settings_for) as tomada:
        app = tomada.app
        simulator.world.hooks.mode = "drop"
        caller = await tomada.someone()
        await agree(tomada, caller)
        made = await app.connect.create_token(caller, connector_id=BANK, item_id=None)
        item = await widget_connects(tomada, made.connect_token)
        await app.syncs.start(caller, item)
        yield tomada, caller, item
