"""A shop, the schemas, and somebody who listens to events."""

from collections.abc import AsyncIterator

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.receiving import Receiver, receiving
from tests.contract.simulator_payments.schemas import written_out
from tests.contract.simulator_payments.till import Till, tills


@pytest.fixture
async def till() -> AsyncIterator[Till]:
    """Open a shop with the default settings."""
    async with tills() as one:
        yield one


@pytest.fixture
async def events(till: Till) -> AsyncIterator[Receiver]:
    """Listen to every event of the shop."""
    async with receiving() as one:
        await till.post("/webhooks", {"event": "all", "url": one.url})
        yield one


@pytest.fixture(scope="session")
def contract() -> Contract:
    """Give the published schemas."""
    return written_out()
