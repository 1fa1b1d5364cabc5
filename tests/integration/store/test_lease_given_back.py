"""A lease that was given back stays free."""

from datetime import timedelta

import pytest
from uuid_utils.compat import uuid7

from tests.conftest import Running
from tests.integration.path.connecting import connect, eventually
from tomada.domain.errors import StaleWriterError
from tomada.store.work import WorkRows


async def test_a_renewal_that_comes_after_the_end_does_not_revive_the_lease(
    tomada: Running,
) -> None:
    caller = await tomada.someone()
    item = await connect(tomada, caller)
    store, now = tomada.app.store, tomada.app.clock()

    async def idle() -> bool:
        return not (await tomada.app.items.list(caller.entity_id))[0].syncing

    await eventually(idle)
    async with store.begin() as tx:
        await WorkRows(tx).want(item, full=False)
        lease = await WorkRows(tx).take(item, uuid7(), now=now, lease=timedelta(seconds=8))
        assert lease is not None
        await WorkRows(tx).finish(lease)

    async with store.begin() as tx:
        with pytest.raises(StaleWriterError):
            await WorkRows(tx).hold(lease, until=now + timedelta(seconds=8))
