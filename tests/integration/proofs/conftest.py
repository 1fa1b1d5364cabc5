"""A connected bank whose runs happen when a test makes them, and hands that spoil our rows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree, widget_connects
from tomada.domain.ids import AccountId, EntityId, ItemId
from tomada.domain.proofs import BalanceCase
from tomada.simulator.records import AccountRecord, TransactionRecord


@dataclass(frozen=True, slots=True)
class Proven:
    """One person's bank, and what the balance proof says of it."""

    tomada: Running
    entity: EntityId
    item: ItemId

    async def read(self, *, full: bool = False) -> None:
        """Let a whole run happen now."""
        app = self.tomada.app
        await app.syncs.want(self.entity, self.item, reason="schedule", full=full)
        await app.reading.run(self.item)

    async def open_cases(self) -> list[BalanceCase]:
        cases = await self.tomada.app.proofs.cases(self.entity)
        return [case for case in cases if case.closed_at is None]

    async def cases(self) -> list[BalanceCase]:
        return await self.tomada.app.proofs.cases(self.entity)

    async def execute(self, sql: str, *values: Any) -> Any:
        """Spoil what we hold; gives the first value."""
        async with self.tomada.app.store.begin(self.entity) as tx:
            return await tx.conn.fetchval(sql, *values)

    def account(self, subtype: str = "CHECKING_ACCOUNT") -> AccountRecord:
        """The account as the bank has it."""
        accounts = self.tomada.simulator.world.state.items[self.item].accounts
        return next(one for one in accounts if one.subtype == subtype)

    def posted(self, subtype: str = "CHECKING_ACCOUNT") -> list[TransactionRecord]:
        """The bank's posted rows, oldest first, without those of the oldest day."""
        rows = [one for one in self.account(subtype).transactions if one.status == "POSTED"]
        rows.sort(key=lambda one: one.date)
        return [one for one in rows if (one.date - rows[0].date).days >= 2]

    @property
    def account_id(self) -> AccountId:
        return AccountId(self.account().id)


Connect = Callable[..., Awaitable[Proven]]


@pytest.fixture
def connected(alone: Running) -> Connect:
    """Connect a bank, and read it once."""

    async def connect(
        *, running_balances: bool = True, before: Callable[[Proven], None] | None = None
    ) -> Proven:
        """Connect, let *before* change what the bank has, and read."""
        alone.simulator.world.hooks.mode = "drop"
        caller = await alone.someone()
        await agree(alone, caller)
        made = await alone.app.connect.create_token(caller, connector_id=BANK, item_id=None)
        item = await widget_connects(alone, made.connect_token)
        proven = Proven(alone, caller.entity_id, item)
        yesterday = alone.simulator.world.settings.clock() - timedelta(days=1)
        for account in alone.simulator.world.state.items[item].accounts:
            for row in account.transactions:
                # What is known is not read again, and what is spoiled stays so.
                row.created_at = min(row.date, yesterday)
                row.balance = row.balance if running_balances else None
        if before is not None:
            before(proven)
        await alone.app.syncs.start(caller, item)
        await alone.app.reading.run(item)
        return proven

    return connect
