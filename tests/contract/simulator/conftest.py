"""Simulators to test against, each with its own world."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving
from tests.contract.simulator.receiving import Receiver, receiving


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    """Run a simulator with the default settings."""
    async with driving() as one:
        yield one


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Receive webhooks and answer 200."""
    async with receiving() as one:
        yield one


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Give the published schemas."""
    return Contract.load()
