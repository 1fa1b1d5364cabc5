"""A real PostgreSQL for the session, emptied for each test; a simulator; the whole application."""

import logging
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from pydantic import SecretStr

from tomada.bootstrap import App, open_app
from tomada.cli.serve import serving, take_port
from tomada.domain.access import Caller
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.store.embedded import EmbeddedCluster, join
from tomada.worker import Worker

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Undo what a test, or a command in it, set up: the next one would write into a closed stream."""
    root, ours = logging.getLogger(), logging.getLogger("tomada")
    config, hook, levels = structlog.get_config(), sys.excepthook, (root.level, ours.level)
    yield
    for handler in list(root.handlers):
        if type(handler.formatter).__module__ == "tomada.telemetry":
            root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    structlog.configure(**config)
    sys.excepthook = hook
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedCluster]:
    """One server for the session."""
    membership = join(tmp_path_factory.mktemp("database") / "data", structlog.get_logger("tests"))
    yield membership.cluster
    membership.leave()


@pytest.fixture(scope="session")
def master_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's master key is."""
    return tmp_path_factory.mktemp("key") / "master.key"


async def empty(owner_url: str) -> None:
    """Remove every row of every table."""
    owner = await asyncpg.connect(owner_url)
    try:
        tables = await owner.fetch(
            "SELECT format('tomada.%I', tablename) AS name FROM pg_tables"
            " WHERE schemaname = 'tomada' AND tablename <> 'schema_version'"
        )
        if tables:
            await owner.execute(f"TRUNCATE {', '.join(t['name'] for t in tables)} CASCADE")
    finally:
        await owner.close()


@pytest.fixture
async def emptied(database: EmbeddedCluster) -> EmbeddedCluster:
    """The session's server without a row."""
    await empty(database.owner_url)
    return database


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A local Pluggy whose pauses between deliveries are short."""
    settings = SimulatorSettings(retry_scale=1 / 3600, requests_per_minute=None)
    async with run_simulator(settings) as running:
        yield running


@pytest.fixture
def settings_for(
    emptied: EmbeddedCluster, master_key: Path
) -> Callable[[Simulator, int], Settings]:
    """Settings of an installation that talks to a simulator and listens on a port."""

    def make(simulator: Simulator, port: int, **more: Any) -> Settings:
        return Settings(
            env="development",
            port=port,
            app_url=f"http://localhost:{port}",
            database_url=SecretStr(emptied.app_url),
            database_owner_url=SecretStr(emptied.owner_url),
            master_key=f"file://{master_key}",
            pluggy_client_id=simulator.settings.client_id,
            pluggy_client_secret=SecretStr(simulator.settings.client_secret),
            pluggy_url=simulator.url,
            widget_origin=simulator.url,
            **{"connect_tokens": 1000, **more},
        )

    return make


@dataclass(frozen=True, slots=True)
class Running:
    """A whole installation: server and worker, on a simulator."""

    app: App
    url: str
    simulator: Simulator

    async def someone(self, email: str = "ana@example.com") -> Caller:
        """Make a user and act as them."""
        user, entity = await self.app.access.create_user(email, PASSWORD, "Ana")
        return Caller(user, entity, "test")


Start = Callable[[], AbstractAsyncContextManager[Running]]


@pytest.fixture
def start(simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]) -> Start:
    """Start the installation; it can be stopped and started again."""

    @asynccontextmanager
    async def running() -> AsyncIterator[Running]:
        bound = take_port("127.0.0.1", 0)
        settings = settings_for(simulator, bound.getsockname()[1])
        async with (
            open_app(settings) as app,
            serving(app, listener=bound),
            Worker(app).running(),
        ):
            yield Running(app, settings.origin, simulator)

    return running


@pytest.fixture
async def tomada(start: Start) -> AsyncIterator[Running]:
    """A running installation."""
    async with start() as running:
        yield running
