from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.conftest import Running
from tests.integration.web.people import Person, sign_up


@pytest.fixture
async def rita(tomada: Running) -> AsyncIterator[Person]:
    """Somebody with a bank."""
    async with AsyncExitStack() as stack:
        person = await stack.enter_async_context(sign_up(tomada, "rita"))
        await person.read_a_bank()
        yield person
