"""Card bills in the ledger: equal to Pluggy's, written when they change, gone only by proof."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.conftest import Running
from tests.integration.sync.by_hand import connected
from tomada.domain.access import Caller
from tomada.domain.feed import FeedEntry
from tomada.domain.ids import AccountId, ItemId
from tomada.domain.money import from_minor
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.faults import Fault
from tomada.simulator.records import AccountRecord


@dataclass(frozen=True, slots=True)
class Bench:
    """A connected bank with a card that is read by hand, at any hour."""

    tomada: Running
    caller: Caller
    item: ItemId

    @property
    def card(self) -> AccountRecord:
        accounts = self.tomada.simulator.world.state.items[self.item].accounts
        return next(one for one in accounts if one.type == "CREDIT")

    async def read(self, *, later: timedelta = timedelta()) -> list[FeedEntry]:
        """Make one whole reading, as if *later* had passed; gives what the feed says of it."""
        app = self.tomada.app
        head = await app.feed.head(self.caller.entity_id)
        late = tuple(
            replace(one, clock=lambda: app.clock() + later)  # type: ignore[type-var]  # dataclasses all
            for one in app.reading.rounds.readers
        )
        rounds = replace(app.reading.rounds, readers=late)
        await app.syncs.want(self.caller.entity_id, self.item, reason="user", full=False)
        await replace(app.reading, rounds=rounds).run(self.item)
        return await app.feed.after(self.caller.entity_id, head)

    async def held(self) -> dict[str, tuple[Any, ...]]:
        bills = await self.tomada.app.bills.list(self.caller.entity_id)
        return {
            bill.id: (
                bill.due_day,
                bill.closing_day,
                from_minor(bill.total_minor, bill.currency),
                None
                if bill.minimum_minor is None
                else from_minor(bill.minimum_minor, bill.currency),
                [(one.type, one.amount_minor) for one in bill.detail.charges],
                [(one.mode, one.day, one.amount_minor) for one in bill.detail.payments],
            )
            for bill in bills
        }

    def truth(self) -> dict[str, tuple[Any, ...]]:
        return {
            bill.id: (
                bill.due_date,
                bill.closing_date,
                bill.total_amount,
                bill.minimum_payment_amount,
                [(one["type"], _cents(one["amount"])) for one in bill.finance_charges],
                [
                    (one["paymentMode"], _day(one["paymentDate"]), _cents(one["amount"]))
                    for one in bill.payments
                ],
            )
            for bill in self.card.bills
        }


def _cents(amount: object) -> int:
    return int(Decimal(str(amount)) * 100)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


@pytest.fixture
async def bench(
    simulator: Simulator, settings_for: Callable[[Simulator, int], Settings]
) -> AsyncIterator[Bench]:
    async with connected(simulator, settings_for) as (tomada, caller, item):
        yield Bench(tomada, caller, item)


def _told(entries: list[FeedEntry]) -> list[dict[str, Any]]:
    return [
        {name: one.data[name] for name in ("added", "changed", "gone")}
        for one in entries
        if one.kind == "bills.changed"
    ]


async def test_every_bill_of_a_card_is_in_the_ledger_and_only_changes_are_written(
    bench: Bench,
) -> None:
    first = await bench.read()

    held = await bench.held()
    assert held == bench.truth()
    assert len(held) > 5
    assert any(charges for *_, charges, _ in held.values()) or any(
        payments for *_, payments in held.values()
    )
    (came,) = _told(first)
    assert (set(came["added"]), came["changed"], came["gone"]) == (set(held), [], [])

    assert _told(await bench.read()) == []

    changed = bench.card.bills[2]
    changed.total_amount += Decimal("0.01")
    told = _told(await bench.read())
    assert told == [{"added": [], "changed": [changed.id], "gone": []}]
    assert await bench.held() == bench.truth()


async def test_a_bill_is_gone_after_two_complete_lists_six_hours_apart_and_comes_back(
    bench: Bench,
) -> None:
    await bench.read()
    lost = bench.card.bills.pop(1)

    for later in (timedelta(), timedelta(hours=5)):
        assert _told(await bench.read(later=later)) == []
    assert lost.id in await bench.held()
    told = _told(await bench.read(later=timedelta(hours=6, minutes=1)))

    assert told == [{"added": [], "changed": [], "gone": [lost.id]}]
    assert await bench.held() == bench.truth()
    bench.card.bills.insert(1, lost)
    assert _told(await bench.read(later=timedelta(hours=7))) == [
        {"added": [lost.id], "changed": [], "gone": []}
    ]
    assert await bench.held() == bench.truth()


async def test_no_list_of_a_bill_that_is_not_complete_removes_anything(bench: Bench) -> None:
    await bench.read()
    held, record = await bench.held(), bench.tomada.simulator.world.state.items[bench.item]
    bench.card.bills.clear()

    for status, execution in (
        ("UPDATED", "PARTIAL_SUCCESS"),
        ("OUTDATED", "SITE_NOT_AVAILABLE"),
        ("LOGIN_ERROR", "USER_AUTHORIZATION_REVOKED"),
    ):
        record.status, record.execution_status = status, execution
        for hours in (0, 7, 14):
            await bench.read(later=timedelta(hours=hours))

            assert await bench.held() == held, (status, hours)


async def test_a_balance_that_the_bank_did_not_give_is_unknown_and_not_zero(bench: Bench) -> None:
    fault = Fault(path="/accounts", effect="null_field", key="balance", count=None)
    bench.tomada.simulator.world.faults.add(fault)

    await bench.read()

    accounts = await bench.tomada.app.ledger.accounts(bench.caller.entity_id)
    assert fault.fired
    assert [one.balance_minor is None for one in accounts].count(True) == 1
    terms = next(one.detail.terms for one in accounts if one.id == AccountId(bench.card.id))
    assert terms is not None
    assert terms.due_day is not None
