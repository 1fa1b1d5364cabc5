"""Banks of one's own: what the simulator shows can come from a test's own records."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.contract.simulator.driver import driving
from tomada.simulator.records import AccountRecord, BankRecord, BillRecord, TransactionRecord


def a_card_bank(
    *,
    seed: int,  # noqa: ARG001  this bank is the same for everybody
    connector_id: int,
    user: str,
    today: date,
    now: datetime,
) -> BankRecord:
    bill = BillRecord(
        due_date=today,
        closing_date=today,
        total_amount=Decimal("120.00"),
        minimum_payment_amount=Decimal("18.00"),
        id="the-bill",
    )
    row = TransactionRecord(
        description="Livraria",
        amount=Decimal("120.00"),
        date=now,
        type="DEBIT",
        credit_card_metadata={"billId": "the-bill", "purchaseDate": now},
    )
    card = AccountRecord(
        type="CREDIT",
        subtype="CREDIT_CARD",
        name="Cartão",
        number="1234",
        balance=Decimal("120.00"),
        opening_balance=Decimal(0),
        transactions=[row],
        bills=[bill],
    )
    return BankRecord(connector_id, owner=user, tax_number="", accounts=[card])


def a_broken_bank(
    *, seed: int, connector_id: int, user: str, today: date, now: datetime
) -> BankRecord:
    raise RuntimeError(f"no bank {connector_id} for {user} {seed} {today} {now}")


async def test_records_of_ones_own_are_shown_with_ids_that_fit_together() -> None:
    async with driving(source=a_card_bank) as driver:
        item = await driver.connected("user-ok-ana")

        account = (await driver.accounts(item["id"]))[0]
        row = (await driver.rows(account["id"]))[0]
        bill = (await driver.get("/bills", accountId=account["id"]))["results"][0]

    assert (account["owner"], account["balance"]) == ("user-ok-ana", 120)
    assert row["creditCardMetadata"] == {"billId": bill["id"], "purchaseDate": row["date"]}


async def test_a_bank_that_breaks_ends_the_run_and_not_the_simulator(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with driving(source=a_broken_bank) as driver:
        item = await driver.ended((await driver.new_item())["id"])

        alive = await driver.call("GET", "/categories")

    assert (item["status"], item["executionStatus"]) == ("OUTDATED", "ERROR")
    assert item["error"]["code"] == "UNEXPECTED_ERROR"
    assert alive.status_code == 200
    assert "broke" in caplog.text
