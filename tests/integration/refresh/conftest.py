"""An installation whose jobs run when the test says so, on a Pluggy whose clock can be moved."""

from dataclasses import dataclass

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, eventually, widget_connects
from tomada.domain.access import Caller
from tomada.domain.ids import ItemId


@dataclass(slots=True)
class Bank:
    """One connected bank of Ana's, read once."""

    tomada: Running
    caller: Caller
    item: ItemId

    async def read(self) -> None:
        """Do what is wanted of the item now, whatever pause it has."""
        async with self.tomada.app.store.begin() as tx:
            await tx.conn.execute("UPDATE work SET not_before = NULL WHERE not_before < 'infinity'")
        await self.tomada.app.reading.run(self.item)

    async def until_the_bank_is_done(self) -> None:
        """Wait until no run at the bank goes on that waits for nobody."""

        async def quiet() -> bool:
            return not self.tomada.simulator.world.executions.busy

        await eventually(quiet)

    async def want(self) -> None:
        """Have it read as after an event."""
        await self.tomada.app.syncs.want(
            self.caller.entity_id, self.item, reason="webhook", full=False
        )


async def connected(alone: Running, *, connector_id: int = BANK, user: str = "user-ok") -> Bank:
    caller = await alone.someone()
    alone.simulator.world.hooks.mode = "drop"
    await agree(alone, caller, connector_id)
    made = await alone.app.connect.create_token(caller, connector_id=connector_id, item_id=None)
    item = await widget_connects(alone, made.connect_token, connector_id=connector_id, user=user)
    await alone.app.syncs.start(caller, item)
    await alone.app.reading.run(item)
    return Bank(alone, caller, item)


@pytest.fixture
async def bank(alone: Running) -> Bank:
    return await connected(alone)
