"""An installation whose door is knocked at in the process, under a clock that is moved by hand."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from tests.integration.sync.conftest import ana, pluggy
from tests.integration.webhooks.door import Door, Hands, Opened, Opening, door
from tomada.settings import Settings
from tomada.simulator import Simulator

__all__ = ["ana", "pluggy"]


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def opening(simulator: Simulator, settings_for: Callable[..., Settings], hands: Hands) -> Opening:
    """Open a door of one installation, with settings of its own, for a block."""
    return lambda **settings: door(settings_for(simulator, 8600, **settings), hands)


@pytest.fixture
async def opened(opening: Opening) -> AsyncIterator[Opened]:
    """Open doors of one installation until the test ends."""
    async with AsyncExitStack() as stack:

        async def make(**settings: object) -> Door:
            return await stack.enter_async_context(opening(**settings))

        yield make


@pytest.fixture
async def only(opened: Opened) -> Door:
    """A door that asks for the secret alone."""
    return await opened()
