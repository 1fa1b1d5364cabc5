"""One transaction at a time, scoped to one entity or to none."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg

from tomada.domain.errors import ErasedError
from tomada.domain.feed import Ring
from tomada.domain.ids import EntityId
from tomada.store.engine import translated


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction; the table modules are classes over it.

    *rings* collects what is to be told of it after its commit; without it the database tells.
    """

    conn: asyncpg.Connection
    entity: EntityId | None
    rings: list[Ring] | None = None
    _last: list[Callable[[], Awaitable[None]]] | None = field(default_factory=list)

    def at_its_end(self, statement: Callable[[], Awaitable[None]]) -> None:
        """Run a statement after all others of this transaction, just before it commits.

        For what locks a row that all writers of an entity share: it is held for the shortest
        time, and taken after every other lock, whatever the order in the code.
        """
        if self._last is None:
            raise RuntimeError("a single statement has no end that another could stand at")
        self._last.append(statement)

    async def settle(self) -> None:
        """Run what is kept for the end."""
        for statement in self._last or ():
            await statement()

    def scope(self) -> EntityId:
        """Give the entity; a transaction without one must not reach entity tables."""
        if self.entity is None:
            raise RuntimeError("this transaction has no entity")
        return self.entity

    @contextlib.asynccontextmanager
    async def many(self) -> AsyncIterator[None]:
        """Have the block's joins go through both sides once, however few rows are expected.

        Just after a first reading the planner knows nothing of a hundred thousand new rows, takes
        them for a handful, and would compare each of them with each.
        """
        await self.conn.execute("SET LOCAL enable_nestloop = off")
        yield
        # After an error the transaction is over, and the setting with it.
        await self.conn.execute("SET LOCAL enable_nestloop = on")


@dataclass(frozen=True, slots=True)
class Store:
    """The serving role's way to the database; *ring* hears of commits that added to a feed."""

    pool: asyncpg.Pool
    ring: Callable[[Sequence[Ring]], None] | None = None

    @contextlib.asynccontextmanager
    async def begin(
        self, entity: EntityId | None = None, *, erasing: bool = False
    ) -> AsyncIterator[Tx]:
        """Open a transaction that commits at the end of the block and rolls back on an error.

        Row-level security shows it the rows of *entity* only, and no user data at all without
        one. Of an entity that is erased, or being erased, only who erases it sees rows; all others
        get ``ErasedError``. Raises ``StoreUnavailableError`` where the database does not answer, or ended this
        transaction to free another; then it is not known whether a commit under way took effect.
        """
        with translated():
            async with self.pool.acquire(timeout=10) as conn, conn.transaction():
                if entity is not None:
                    state = await conn.fetchval(
                        "SELECT (SELECT state FROM entities WHERE id = $1)"
                        " FROM set_config('tomada.entity', $2, true)",
                        entity,
                        str(entity),
                    )
                    if state not in (None, "open") and not erasing:
                        raise ErasedError("these data were erased, or are being erased")
                tx = Tx(conn, entity, None if self.ring is None else [])
                yield tx
                await tx.settle()
            if self.ring is not None and tx.rings:
                self.ring(tx.rings)

    @contextlib.asynccontextmanager
    async def single(self) -> AsyncIterator[Tx]:
        """Give a connection for one statement, which commits by itself and belongs to no entity.

        It spares the two round trips of a transaction where somebody waits for one row.
        """
        with translated():
            async with self.pool.acquire(timeout=10) as conn:
                yield Tx(conn, None, None, None)

    async def ping(self) -> None:
        """Fail where the database does not answer."""
        async with self.begin() as tx:
            await tx.conn.execute("SELECT 1")
