"""What tests of several parts start with."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.conftest import Running
from tests.integration.sync.by_hand import installed
from tomada.settings import Settings
from tomada.simulator import Simulator


@pytest.fixture
async def alone(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[Running]:
    """A server without a worker: runs happen when a test makes them."""
    async with installed(simulator, settings_for) as tomada:
        yield tomada
