"""A simulator and a client of it, running for a block."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tomada.pluggy import Item, ItemOptions, PluggyClient
from tomada.simulator import Simulator, SimulatorSettings, run_simulator


@asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[tuple[Simulator, PluggyClient]]:
    """Start a simulator with *settings* and connect the client to it."""
    async with (
        run_simulator(SimulatorSettings(**settings)) as simulator,
        PluggyClient(
            client_id=simulator.settings.client_id,
            client_secret=simulator.settings.client_secret,
            base_url=simulator.url,
            trust_env=False,
        ) as pluggy,
    ):
        yield simulator, pluggy


async def connected(
    simulator: Simulator, pluggy: PluggyClient, user: str = "user-ok", **options: Any
) -> Item:
    """Connect *user* at the basic sandbox bank and let the run end."""
    item = await pluggy.create_item(
        0, {"user": user, "password": "password-ok"}, options=ItemOptions(**options)
    )
    await simulator.world.settled()
    return await pluggy.get_item(item.id)
