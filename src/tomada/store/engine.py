"""Connections to PostgreSQL: the pool of the serving role, and migrations by the owner.

Statements are written as SQL on asyncpg. The serving role owns nothing and sees rows of one
entity at a time, the one named in its transaction.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from tomada.domain.errors import SchemaBehindError, StoreUnavailableError

# Two programs that start together must not migrate together; the number is arbitrary but fixed.
_MIGRATION_LOCK = 7_084_301_956
_MIGRATIONS = Path(__file__).parent / "migrations"

# What asyncpg raises when the server is gone, full or restarting, or picked this transaction as the
# victim of a deadlock: trying again later is right each time.
UNAVAILABLE = (
    OSError,
    asyncpg.InterfaceError,
    # The driver's own confusion, when the server dies while it gives a connection back.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    TimeoutError,
)
_REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises in the block into ``StoreUnavailableError`` where that is due.

    A value that does not fit its column is a mistake of ours, though the driver files it under
    its interface errors; it passes as it is.
    """
    try:
        yield
    except (*UNAVAILABLE, *_REFUSED, DBAPIError) as error:
        found = error.driver_exception if isinstance(error, DBAPIError) else error
        if isinstance(found, _REFUSED):
            text = "the database refuses the user, the password or the name in its address"
            raise StoreUnavailableError(text) from error
        if not isinstance(found, UNAVAILABLE) or isinstance(found, ValueError):
            raise
        raise StoreUnavailableError("the database does not answer") from error


@contextlib.asynccontextmanager
async def open_pool(url: str, *, size: int = 12) -> AsyncIterator[asyncpg.Pool]:
    """Open the serving role's pool; closing waits for running transactions, at most 5 s."""
    with translated():
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            command_timeout=30,
            server_settings={
                "search_path": "tomada",
                "application_name": "tomada",
                "statement_timeout": "30s",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "60s",
                "timezone": "UTC",
            },
        )
    try:
        yield pool
    finally:
        try:
            await asyncio.wait_for(pool.close(), timeout=5)
        except TimeoutError:
            pool.terminate()


async def migrate(owner_url: str, *, app_url: str) -> None:
    """Bring the schema to this version; safe to call from many processes at once.

    Waits for another process's migration and then finds nothing to do. Each migration sets a
    lock timeout, so that it gives up rather than block a running service.
    """
    engine = create_async_engine(
        _sqlalchemy_url(owner_url),
        poolclass=NullPool,
        connect_args={"server_settings": {"search_path": "tomada", "application_name": "tomada"}},
    )
    try:
        with translated():
            async with engine.connect() as connection:
                await _migrate(connection, app_role=_role(app_url))
    finally:
        await engine.dispose()


async def check_schema(owner_url: str) -> None:
    """See that the schema is this version's, and change nothing; raises ``SchemaBehindError``."""
    with translated():
        connection = await asyncpg.connect(owner_url, timeout=10)
        try:
            there = await connection.fetchval("SELECT version_num FROM tomada.schema_version")
        except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
            there = None
        finally:
            await connection.close(timeout=5)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    if there != wanted:
        raise SchemaBehindError(f"the schema is at {there or 'nothing'}, and not at {wanted}")


async def _migrate(connection: AsyncConnection, *, app_role: str) -> None:
    await connection.exec_driver_sql(f"SELECT pg_advisory_lock({_MIGRATION_LOCK})")
    await connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS tomada")
    await connection.commit()
    try:
        await connection.run_sync(_upgrade, app_role)
        await connection.commit()
    finally:
        await connection.rollback()
        await connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_MIGRATION_LOCK})")


def _upgrade(connection: Connection, app_role: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes["app_role"] = app_role
    config.attributes["job_tables"] = QueryBuilderEnvironment().build_install_query(
        create_schema=False
    )
    command.upgrade(config, "head")


def _role(app_url: str) -> str:
    user = unquote(urlsplit(app_url).username or "")
    if not user or '"' in user:
        raise ValueError("the database address must name a plain user")
    return user


def _sqlalchemy_url(url: str) -> URL:
    """Turn a libpq address into SQLAlchemy's, keeping a socket directory given by ``host=``."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = query.pop("host", parts.hostname)
    return URL.create(
        "postgresql+asyncpg",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=parts.port,
        database=parts.path.lstrip("/") or None,
        query=query,
    )
