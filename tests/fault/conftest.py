"""One server for the tests of this folder; it forgets nothing, and waits for no disk."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.fault.cluster import Server, start


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = asyncio.run(start(tmp_path_factory.mktemp("fault"), durable=False))
    yield server
    server.membership.leave()
