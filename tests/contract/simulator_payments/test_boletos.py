"""Boletos are issued, move by themselves, and are cancelled unless paid."""

from typing import Any

import pytest

from tests.contract.simulator.receiving import Receiver
from tests.contract.simulator_payments.till import BUSINESS_BANK, CPF, NOBODY, Till, tills


async def test_an_issued_boleto_is_paid_after_five_minutes(till: Till, events: Receiver) -> None:
    boleto = await till.boleto()

    till.clock.move(minutes=4, seconds=59)
    early = await till.get(f"/boletos/{boleto['id']}")
    till.clock.move(seconds=1)
    paid = await till.get(f"/boletos/{boleto['id']}")

    assert [boleto["status"], early["status"], paid["status"]] == ["OPEN", "OPEN", "PAID"]
    assert (paid["amountPaid"], paid["paymentOrigin"]) == (120.5, "PIX")
    assert paid["paidAt"] is not None
    (told,) = await events.has("boleto/updated")
    assert told["boletoId"] == boleto["id"]


async def test_its_texts_have_the_right_length_and_the_amount(till: Till) -> None:
    boleto = await till.boleto()

    assert (len(boleto["barcode"]), len(boleto["digitableLine"])) == (44, 47)
    assert boleto["barcode"][9:19] == boleto["digitableLine"][-10:] == "0000012050"


async def test_one_chosen_to_be_protested_is_overdue_first(till: Till, events: Receiver) -> None:
    await till.next_ends("boleto", "PROTESTED")
    boleto = await till.boleto()

    till.clock.move(minutes=5)
    first = await till.status(f"/boletos/{boleto['id']}")
    till.clock.move(minutes=5)
    second = await till.status(f"/boletos/{boleto['id']}")

    assert [first, second] == ["OVERDUE", "PROTESTED"]
    assert len(await events.has("boleto/updated", count=2)) == 2


async def test_the_end_can_be_chosen_later() -> None:
    async with tills(boleto_outcome="OPEN") as till:
        boleto = await till.boleto()
        till.clock.move(days=1)
        before = await till.status(f"/boletos/{boleto['id']}")
        await till.post(f"/_simulator/payments/boletos/{boleto['id']}/status", {"status": "PAID"})
        till.clock.move(minutes=5)
        after = await till.status(f"/boletos/{boleto['id']}")

    assert [before, after] == ["OPEN", "PAID"]


async def test_an_open_boleto_is_cancelled_and_a_paid_one_is_not(till: Till) -> None:
    open_one, paid_one = await till.boleto(), await till.boleto()

    cancelled = await till.post(f"/boletos/{open_one['id']}/cancel")
    till.clock.move(minutes=5)

    assert cancelled["status"] == "CANCELLED"
    assert await till.status(f"/boletos/{open_one['id']}") == "CANCELLED"
    path = f"/boletos/{paid_one['id']}/cancel"
    assert await till.driver.refused("POST", path) == (400, None)


async def test_credentials_that_are_missing_are_refused_with_an_error_id(till: Till) -> None:
    body = {"connectorId": BUSINESS_BANK, "credentials": {"clientId": "x"}}

    answer = await till.driver.call("POST", "/boleto-connections", json=body)

    assert answer.status_code == 400
    assert answer.json()["codeDescription"] == "BOLETO_CONNECTION_CREATION_CREDENTIALS_ERROR"
    assert answer.json()["errorId"]


async def test_an_item_lends_its_credentials(till: Till) -> None:
    business = await till.driver.new_item(connector=BUSINESS_BANK)
    private = await till.driver.new_item(connector=613)

    made = await till.post("/boleto-connections/from-item", {"itemId": business["id"]})
    refused = await till.driver.refused(
        "POST", "/boleto-connections/from-item", json={"itemId": private["id"]}
    )
    nobody = await till.driver.refused(
        "POST", "/boleto-connections/from-item", json={"itemId": NOBODY}
    )

    assert made["connectorId"] == BUSINESS_BANK
    assert refused == (400, None)
    assert nobody == (404, "ITEM_NOT_FOUND")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 2.49},
        {"amount": 2.505},
        {"seuNumero": "12345678901"},
        {"seuNumero": None},
        {"dueDate": "2026-11-22"},
        {"dueDate": None},
        {"payer": {"taxNumber": CPF, "name": "Ana Teste", "addressState": "SP"}},
        {"payer": "Ana"},
        {"fine": {"value": -1, "type": "FIXED"}},
        {"interest": {"value": 1, "type": "FIXED"}},
    ],
)
async def test_a_boleto_no_bank_would_issue_is_refused(till: Till, wrong: dict[str, Any]) -> None:
    made = await till.boleto()
    boleto = {
        "seuNumero": "1",
        "amount": 10,
        "dueDate": till.clock.day(3).isoformat(),
        "payer": made["payer"],
    } | wrong

    body = {"boletoConnectionId": made["boletoConnectionId"], "boleto": boleto}

    assert await till.driver.refused("POST", "/boletos", json=body) == (400, None)


async def test_fine_and_interest_are_kept(till: Till) -> None:
    fine, interest = {"value": 2, "type": "FIXED"}, {"value": 1.5, "type": "PERCENTAGE"}

    boleto = await till.boleto(fine=fine, interest=interest)

    assert (boleto["fine"], boleto["interest"]) == (fine, interest)
