"""Simulators to test products against, each with its own world."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    """Run a simulator with the default settings."""
    async with driving() as one:
        yield one


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Give the published schemas."""
    return Contract.load()
