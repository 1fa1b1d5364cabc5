"""What happens at the banks: movements, corrections, take-backs, and the balances they move."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator.driver import Driver, driving, until
from tests.contract.simulator.receiving import Receiver
from tomada.simulator import World


def _total(account: Any) -> Decimal:
    posted = [row for row in account["transactions"] if row["status"] == "POSTED"]
    return sum((Decimal(str(row["amount"])) for row in posted), Decimal(0))


async def _state(driver: Driver, item_id: str) -> dict[str, Any]:
    """Give the item's accounts by subtype, as the world itself has them."""
    state = (await driver.http.get("/_simulator/state")).json()
    item = next(one for one in state["items"] if one["id"] == item_id)
    return {account["subtype"]: account for account in item["accounts"]}


async def _post(driver: Driver, item_id: str, **body: Any) -> Any:
    answer = await driver.http.post(f"/_simulator/items/{item_id}/transactions", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_money_that_comes_and_goes_moves_the_balance_and_is_told(
    driver: Driver, receiver: Receiver, contract: Contract
) -> None:
    item = await driver.connected()
    before = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    await driver.call(
        "POST", "/webhooks", json={"event": "transactions/created", "url": receiver.url}
    )

    came = await _post(driver, item["id"], kind="pix_in", amount=150.25, description="Almoço")
    went = await _post(driver, item["id"], kind="pix_out", amount="40.10")

    events = await receiver.has("transactions/created", count=2)
    after = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    assert (came["amount"], came["type"], came["description"]) == (150.25, "CREDIT", "Almoço")
    assert (went["amount"], went["type"]) == (-40.1, "DEBIT")
    moved = Decimal(str(after["balance"])) - Decimal(str(before["balance"]))
    assert moved == Decimal("110.15") == _total(after) - _total(before)
    assert after["bankData"]["closingBalance"] == after["balance"]
    assert {event["transactionsCount"] for event in events} == {1}
    assert {event["accountId"] for event in events} == {after["id"]}
    assert list(contract.violations(came, {"ref": "Transaction"}, "row")) == []
    created = min(event["transactionsCreatedAtFrom"] for event in events)
    found = await driver.rows(after["id"], createdAtFrom=created)
    assert {row["id"] for row in found} == {came["id"], went["id"]}


async def test_a_purchase_goes_on_the_card_and_takes_of_its_limit(driver: Driver) -> None:
    item = await driver.connected()
    before = (await _state(driver, item["id"]))["CREDIT_CARD"]

    bought = await _post(driver, item["id"], kind="purchase", amount=99.9)

    after = (await _state(driver, item["id"]))["CREDIT_CARD"]
    assert (bought["amount"], bought["type"], bought["status"]) == (99.9, "DEBIT", "PENDING")
    owed = [Decimal(str(card["balance"])) for card in (before, after)]
    free = [Decimal(str(card["creditData"]["availableCreditLimit"])) for card in (before, after)]
    assert owed[1] - owed[0] == free[0] - free[1] == Decimal("99.9")


async def test_the_bank_corrects_and_takes_back(driver: Driver, receiver: Receiver) -> None:
    item = await driver.connected()
    start = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    row = await _post(driver, item["id"], kind="pix_out", amount=10)
    await driver.call("POST", "/webhooks", json={"event": "all", "url": receiver.url})

    changes = {"amount": -25.5, "description": "PIX corrigido", "date": "2026-11-01T03:00:00.000Z"}
    edited = await driver.http.patch(f"/_simulator/transactions/{row['id']}", json=changes)
    between = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    gone = await driver.http.delete(f"/_simulator/transactions/{row['id']}")
    end = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]

    assert {name: edited.json()[name] for name in changes} == changes
    assert edited.json()["updatedAt"] > row["updatedAt"]
    balances = [Decimal(str(one["balance"])) for one in (start, between, end)]
    assert balances == [balances[0], balances[0] - Decimal("25.5"), balances[0]]
    assert gone.json() == {"count": 1}
    updated = (await receiver.has("transactions/updated"))[0]
    deleted = (await receiver.has("transactions/deleted"))[0]
    assert updated["transactionIds"] == deleted["transactionIds"] == [row["id"]]
    assert "triggeredBy" not in deleted
    assert await driver.refused("GET", f"/transactions/{row['id']}") == (
        404,
        "TRANSACTION_NOT_FOUND",
    )


async def test_settling_a_scheduled_payment_moves_the_money_then(driver: Driver) -> None:
    item = await driver.connected()
    row = await _post(driver, item["id"], kind="boleto", amount=80, status="PENDING")
    before = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]

    await driver.http.patch(f"/_simulator/transactions/{row['id']}", json={"status": "POSTED"})

    after = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    assert Decimal(str(after["balance"])) - Decimal(str(before["balance"])) == Decimal(-80)


async def test_a_row_that_comes_back_under_a_new_id_is_deleted_and_created(
    driver: Driver, receiver: Receiver
) -> None:
    item = await driver.connected()
    row = await _post(driver, item["id"], kind="pix_in", amount=10)
    before = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    await driver.call("POST", "/webhooks", json={"event": "all", "url": receiver.url})

    again = (await driver.http.post(f"/_simulator/transactions/{row['id']}/reidentify")).json()

    deleted = (await receiver.has("transactions/deleted"))[0]
    await receiver.has("transactions/created")
    after = (await _state(driver, item["id"]))["CHECKING_ACCOUNT"]
    assert deleted["transactionIds"] == [row["id"]]
    assert again["id"] != row["id"]
    assert {again[name] == row[name] for name in ("amount", "date", "description")} == {True}
    assert (after["balance"], len(after["transactions"])) == (
        before["balance"],
        len(before["transactions"]),
    )


async def test_what_an_item_cannot_see_waits_for_its_next_good_run(
    driver: Driver, receiver: Receiver
) -> None:
    item = await driver.connected()
    run = f"/_simulator/items/{item['id']}/run"
    await driver.http.post(run, json={"outcome": "SITE_NOT_AVAILABLE"})
    await driver.ended(item["id"])
    await driver.call("POST", "/webhooks", json={"event": "all", "url": receiver.url})

    row = await _post(driver, item["id"], kind="pix_in", amount=10)
    unseen = await driver.call("GET", f"/transactions/{row['id']}")
    await driver.http.post(run)
    await driver.ended(item["id"])
    seen = await driver.get(f"/transactions/{row['id']}")

    assert unseen.status_code == 404
    assert seen["amount"] == 10
    created = await receiver.has("transactions/created")
    assert [event["transactionsCount"] for event in created] == [1]
    assert [event["triggeredBy"] for event in await receiver.has("item/updated")] == ["SYNC"]


async def test_a_second_run_brings_nothing_when_nothing_happened(driver: Driver) -> None:
    item = await driver.connected()
    before = await _state(driver, item["id"])

    await driver.call("PATCH", f"/items/{item['id']}", json={})
    await driver.ended(item["id"])

    after = await _state(driver, item["id"])
    assert {kind: account["transactions"] for kind, account in after.items()} == {
        kind: account["transactions"] for kind, account in before.items()
    }


async def test_impossible_wishes_are_refused(driver: Driver) -> None:
    item = await driver.connected()
    accounts = await _state(driver, item["id"])
    path = f"/_simulator/items/{item['id']}/transactions"
    row = await _post(driver, item["id"], kind="pix_in")
    wishes: list[tuple[str, str, Any]] = [
        ("POST", path, {"kind": "no_such_kind"}),
        ("POST", path, {"kind": "salary", "accountId": accounts["CREDIT_CARD"]["id"]}),
        ("POST", path, {"status": "DONE"}),
        ("POST", path, {"amount": "much"}),
        ("POST", path, {"date": "2026-11-01"}),
        ("PATCH", f"/_simulator/transactions/{row['id']}", {"id": "new"}),
        ("PATCH", f"/_simulator/transactions/{row['id']}", {"amount": True}),
    ]

    refusals = [await driver.refused(method, where, json=body) for method, where, body in wishes]

    assert refusals == [(400, None)] * len(wishes)


async def test_the_whole_world_can_be_emptied(driver: Driver) -> None:
    item = await driver.connected()
    hook = {"event": "all", "url": "http://127.0.0.1:1/hook"}
    await driver.call("POST", "/webhooks", json=hook)

    await driver.http.post("/_simulator/reset", json={"keepWebhooks": True})
    kept = (await driver.http.get("/_simulator/state")).json()
    await driver.http.post("/_simulator/reset")
    empty = (await driver.http.get("/_simulator/state")).json()

    assert (kept["items"], len(kept["webhooks"])) == ([], 1)
    assert (empty["items"], empty["webhooks"]) == ([], [])
    assert (await driver.call("GET", f"/items/{item['id']}")).status_code == 404


async def test_live_mode_lets_things_happen_until_it_is_stopped(driver: Driver) -> None:
    item = await driver.connected()

    async def count() -> int:
        accounts = await _state(driver, item["id"])
        return sum(len(account["transactions"]) for account in accounts.values())

    before = await count()

    await driver.http.post("/_simulator/live", json={"interval": 0.02})

    async def some() -> Any:
        return True if await count() >= before + 3 else None

    await until(some)
    await driver.http.post("/_simulator/live", json={"interval": None})
    stopped = await count()
    await asyncio.sleep(0.2)
    assert await count() == stopped


async def test_a_planned_run_starts_when_its_time_has_come(receiver: Receiver) -> None:
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    async with driving(clock=lambda: now[0]) as driver:
        item = await driver.connected(webhookUrl=receiver.url)
        world: World = driver.simulator.world
        early = world.auto_sync.run_due()

        now[0] += timedelta(hours=24)
        due = [one.id for one in world.auto_sync.run_due()]

        updated = await receiver.has("item/updated")
    assert (early, due) == ([], [item["id"]])
    assert updated[0]["triggeredBy"] == "SYNC"


@pytest.mark.parametrize("kind", ["purchase", "pix_in", "pix_out"])
async def test_programs_have_the_same_power_as_the_control_api(driver: Driver, kind: str) -> None:
    item = await driver.connected()
    world = driver.simulator.world

    row = getattr(world, kind)(item["id"], amount=Decimal("5.00"))
    world.edit(row.id, description="Corrigido")

    shown = await driver.get(f"/transactions/{row.id}")
    assert abs(shown["amount"]) == 5
    assert shown["description"] == "Corrigido"
    world.take_back(row.id)
    assert (await driver.call("GET", f"/transactions/{row.id}")).status_code == 404
