"""Writers of one item take its locks in one order, so that none of them is the victim of another."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from tests.integration.path.connecting import eventually
from tests.integration.store.filling import Filler
from tomada.domain.errors import StaleWriterError, StoreUnavailableError
from tomada.domain.ids import AccountId, EntityId, ItemId
from tomada.store.accounts import AccountRow, AccountRows
from tomada.store.consents import ConsentRows
from tomada.store.items import ItemRows
from tomada.store.tx import Store
from tomada.store.work import Lease, WorkRows

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def _waits(store: Store) -> bool:
    """Tell whether some transaction waits for a lock."""
    async with store.begin() as tx:
        return bool(
            await tx.conn.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            )
        )


async def _until_somebody_waits(store: Store) -> None:
    await eventually(lambda: _waits(store))


async def _item(store: Store, filler: Filler) -> tuple[EntityId, ItemId, Lease]:
    entity = await filler.entity()
    item = ItemId(entity.hex)
    await filler.owner.execute(
        "INSERT INTO item_routes (item_id, entity_id) VALUES ($1, $2)", item, entity
    )
    await filler.owner.execute("INSERT INTO work (item_id, wanted) VALUES ($1, 1)", item)
    async with store.begin(entity) as tx:
        lease = await WorkRows(tx).take(item, uuid4(), now=NOW, lease=timedelta(days=1))
    assert lease is not None
    return entity, item, lease


def _account(item: ItemId) -> AccountRow:
    return AccountRow(
        AccountId(str(uuid4())), item, "BANK", "", "BRL", 0, None, None, None, b"d", b"s", b"r"
    )


async def test_a_run_that_writes_and_a_disconnect_do_not_block_each_other_for_good(
    store: Store, filler: Filler
) -> None:
    entity, item, lease = await _item(store, filler)
    account = _account(item)

    async def disconnect() -> None:
        async with store.begin(entity) as tx:
            await ItemRows(tx).remove(item)

    async with store.begin(entity) as tx:
        await WorkRows(tx).hold(lease, until=NOW)
        removing = asyncio.create_task(disconnect())
        await _until_somebody_waits(store)
        await AccountRows(tx).put(account)
    await removing

    with pytest.raises(StaleWriterError):
        async with store.begin(entity) as tx:
            await WorkRows(tx).hold(lease, until=NOW)
    async with store.begin(entity) as tx:
        assert await AccountRows(tx).all() == []


async def test_the_victim_of_a_deadlock_is_told_to_try_again(store: Store, filler: Filler) -> None:
    entity = await filler.entity()
    one, two = ItemId("one"), ItemId("two")
    for item in (one, two):
        await filler.owner.execute(
            "INSERT INTO item_routes (item_id, entity_id) VALUES ($1, $2)", item, entity
        )
        await filler.owner.execute("INSERT INTO work (item_id) VALUES ($1)", item)
    first_held = asyncio.Barrier(2)

    async def both(*items: ItemId) -> None:
        async with store.begin(entity) as tx:
            await WorkRows(tx).want(items[0], full=False)
            await first_held.wait()
            await WorkRows(tx).want(items[1], full=False)

    results = await asyncio.gather(both(one, two), both(two, one), return_exceptions=True)

    failed = [result for result in results if result is not None]
    assert [type(result) for result in failed] == [StoreUnavailableError]
    assert isinstance(failed[0].__cause__, asyncpg.DeadlockDetectedError)


async def test_two_connections_bound_under_one_consent_do_not_block_each_other_for_good(
    store: Store, filler: Filler
) -> None:
    entity = await filler.entity()
    early = NOW - timedelta(days=1)

    async def bind() -> None:
        async with store.begin(entity) as tx:
            assert await ConsentRows(tx).covers(entity, now=early)
            await ConsentRows(tx).activate(entity)

    async with store.begin(entity) as tx:
        assert await ConsentRows(tx).covers(entity, now=early)
        second = asyncio.create_task(bind())
        await _until_somebody_waits(store)
        await ConsentRows(tx).activate(entity)
    await second

    async with store.begin(entity) as tx:
        found = await ConsentRows(tx).get(entity)
    assert found is not None
    assert found.status == "active"
