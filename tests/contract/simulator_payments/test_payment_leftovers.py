"""Smart accounts, bulk payments, receipts: what official clients still call."""

from typing import Any

from tests.contract.simulator_payments.till import BANK, CPF, Till, tills

ACCOUNT = {
    "name": "Loja Teste",
    "taxNumber": "11222333000181",
    "email": "loja@example.com",
    "phoneNumber": "+5511900000000",
    "isSandbox": True,
}


async def _bulk(till: Till) -> tuple[Any, Any]:
    account = await till.post("/payments/smart-accounts", ACCOUNT)
    requests = [await till.request(smartAccountId=account["id"]) for _ in range(2)]
    ids = [one["id"] for one in requests]
    body = {"smartAccountId": account["id"], "paymentRequestIds": ids}
    return account, await till.post("/payments/bulk", body)


async def test_a_bulk_is_paid_at_once_and_fills_the_account(till: Till) -> None:
    account, bulk = await _bulk(till)
    body = {"bulkPaymentId": bulk["id"], "connectorId": BANK, "parameters": {"cpf": CPF}}

    intent = await till.post("/payments/intents", body)
    await till.decide(intent["id"])
    paid = await till.get(f"/payments/bulk/{bulk['id']}")
    balance = await till.get(f"/payments/smart-accounts/{account['id']}/balance")

    assert bulk["totalAmount"] == 99.8
    assert intent["bulkPayment"]["id"] == bulk["id"]
    assert paid["status"] == "COMPLETED"
    assert {one["status"] for one in paid["paymentRequests"]} == {"COMPLETED"}
    assert balance["balance"] == 99.8


async def test_money_leaves_an_account_while_there_is_some(till: Till) -> None:
    account, bulk = await _bulk(till)
    body = {"bulkPaymentId": bulk["id"], "paymentMethod": "PIX"}
    intent = await till.post("/payments/intents", body)
    await till.get(f"/payments/intents/{intent['id']}")
    await till.decide(intent["id"])
    await till.get(f"/payments/intents/{intent['id']}")
    path = f"/payments/smart-accounts/{account['id']}/transfers"
    wish = {"recipientId": (await till.recipient())["id"], "amount": 90}

    sent = await till.post(path, wish)
    refused = await till.driver.refused("POST", path, json=wish)

    assert (await till.get(f"{path}/{sent['id']}"))["amount"] == 90
    assert refused == (400, None)


async def test_a_bulk_that_is_taken_apart_leaves_its_requests(till: Till) -> None:
    _, bulk = await _bulk(till)

    await till.driver.call("DELETE", f"/payments/bulk/{bulk['id']}")

    assert (await till.get("/payments/bulk"))["total"] == 0
    assert (await till.get("/payments/requests"))["total"] == 2


async def test_a_paid_request_has_a_receipt_and_an_unpaid_one_has_none(till: Till) -> None:
    request = await till.request(description="Pães")
    path = f"/payments/requests/{request['id']}/receipts"

    early = await till.driver.refused("POST", path)
    intent = await till.paid(request["id"])
    made = await till.post(path)

    assert early == (400, None)
    assert (made["amount"], made["referenceId"]) == (49.9, intent["referenceId"])
    assert (await till.get(path))["results"] == [made]
    assert await till.get(f"{path}/{made['id']}") == made


async def test_leftovers_can_be_gone() -> None:
    async with tills(leftovers="gone") as till:
        refused = await till.driver.refused("GET", "/payments/bulk")

    assert refused == (404, None)
