"""Somebody who delivers, and somebody whose bank is connected."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest

from tests.conftest import Running
from tests.integration.path.connecting import connect
from tests.integration.sync.delivering import Courier, courier
from tests.integration.sync.quiet import quiet
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId


@dataclass(frozen=True, slots=True)
class Connected:
    """A person with one bank, read and quiet."""

    tomada: Running
    caller: Caller
    item: ItemId


@pytest.fixture
async def pluggy(tomada: Running) -> AsyncIterator[Courier]:
    async with courier(tomada) as one:
        yield one


@pytest.fixture
async def ana(tomada: Running) -> Connected:
    caller = await tomada.someone()
    item = await connect(tomada, caller)
    await quiet(tomada)
    return Connected(tomada, caller, item)


@pytest.fixture
async def nobody(tomada: Running) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=tomada.url, timeout=60) as http:
        yield http
