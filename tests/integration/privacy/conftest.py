"""A server of these tests' own, so that it can be backed up and restored whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conftest import Running
from tests.fault.cluster import Server, start
from tests.integration.privacy.backups import Backup
from tests.integration.web.people import Person, sign_up
from tomada.store.embedded import EmbeddedCluster


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = asyncio.run(start(tmp_path_factory.mktemp("privacy"), durable=False))
    yield server
    server.membership.leave()


@pytest.fixture(scope="session")
def database(server: Server) -> EmbeddedCluster:
    return server.membership.cluster


@pytest.fixture
async def rita(tomada: Running) -> AsyncIterator[Person]:
    async with sign_up(tomada, "rita") as person:
        yield person


@pytest.fixture
async def bento(tomada: Running) -> AsyncIterator[Person]:
    async with sign_up(tomada, "bento") as person:
        yield person


@pytest.fixture
def backup(server: Server, tmp_path: Path) -> Backup:
    return Backup(server, tmp_path / "backup.dump")
