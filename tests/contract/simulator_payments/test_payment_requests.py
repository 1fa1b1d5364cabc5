"""A request is made, paid at the bank, refused, refunded, forgotten."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.contract.simulator.receiving import Receiver
from tests.contract.simulator_payments.till import CPF, NOBODY, Till, tills
from tomada.simulator.payments.codes import pix_code


async def test_an_approved_payment_completes_request_and_intent(
    till: Till, events: Receiver
) -> None:
    request = await till.request(clientPaymentId="pedido-1")

    intent = await till.paid(request["id"])

    assert intent["status"] == "PAYMENT_COMPLETED"
    assert intent["referenceId"].startswith("E91000613")
    assert intent["debtor"]["taxNumber"] == "***.982.247-**"
    assert await till.status(f"/payments/requests/{request['id']}") == "COMPLETED"
    (done,) = await events.has("payment_intent/completed")
    assert (done["paymentRequestId"], done["referenceId"]) == (request["id"], intent["referenceId"])
    (updated,) = await events.has("payment_request/updated")
    assert updated["data"] == {"status": "COMPLETED"}


async def test_a_payment_goes_through_every_state_one_step_at_a_time() -> None:
    async with tills(step=timedelta(seconds=10)) as till:
        request = await till.request()
        intent = await till.intent(request["id"])
        seen = [intent["status"]]
        till.clock.move(seconds=10)
        seen.append(await till.status(f"/payments/intents/{intent['id']}"))
        await till.decide(intent["id"])
        while seen[-1] != "PAYMENT_COMPLETED":
            seen.append(await till.status(f"/payments/intents/{intent['id']}"))
            till.clock.move(seconds=10)

    assert seen == [
        "STARTED",
        "CONSENT_AWAITING_AUTHORIZATION",
        "CONSENT_AUTHORIZED",
        "PAYMENT_PENDING",
        "PAYMENT_SETTLEMENT_PROCESSING",
        "PAYMENT_SETTLEMENT_DEBTOR_ACCOUNT",
        "PAYMENT_COMPLETED",
    ]


@pytest.mark.parametrize(
    ("decision", "status", "code"),
    [
        ({"decision": "reject"}, "CONSENT_REJECTED", "REJEITADO_USUARIO"),
        ({"code": "SALDO_INSUFICIENTE"}, "PAYMENT_REJECTED", "SALDO_INSUFICIENTE"),
        ({"code": "CONNECTION_ERROR"}, "ERROR", "CONNECTION_ERROR"),
        ({"code": "AUTENTICACAO_DIVERGENTE"}, "CONSENT_REJECTED", "AUTENTICACAO_DIVERGENTE"),
    ],
)
async def test_a_payment_that_fails_says_why_and_may_be_tried_again(
    till: Till, events: Receiver, decision: dict[str, Any], status: str, code: str
) -> None:
    request = await till.request()

    failed = await till.paid(request["id"], **decision)
    asked_again = await till.paid(request["id"])

    assert (failed["status"], failed["errorDetail"]["code"]) == (status, code)
    assert failed["paymentRequest"]["errorDetail"]["code"] == code
    assert (await events.has("payment_intent/error"))[0]["error"]["code"] == code
    assert asked_again["status"] == "PAYMENT_COMPLETED"


async def test_a_second_approver_is_waited_for(till: Till, events: Receiver) -> None:
    request = await till.request()

    waiting = await till.paid(request["id"], decision="second")
    status = await till.status(f"/payments/requests/{request['id']}")
    await till.decide(waiting["id"])

    assert (waiting["status"], status) == (
        "PAYMENT_PARTIALLY_ACCEPTED",
        "WAITING_PAYER_AUTHORIZATION",
    )
    assert await events.has("payment_intent/waiting_payer_authorization")
    assert await till.status(f"/payments/requests/{request['id']}") == "COMPLETED"


async def test_a_consent_that_nobody_gives_runs_out(till: Till) -> None:
    request = await till.request()
    intent = await till.intent(request["id"])
    await till.get(f"/payments/intents/{intent['id']}")

    till.clock.move(minutes=16)
    late = await till.get(f"/payments/intents/{intent['id']}")

    assert late["status"] == "CONSENT_REJECTED"
    assert late["errorDetail"]["code"] == "TEMPO_EXPIRADO_AUTORIZACAO"


async def test_a_payer_whose_cpf_is_wrong_is_told_so_by_the_intent(till: Till) -> None:
    request = await till.request()

    intent = await till.intent(request["id"], parameters={"cpf": "11111111111"})
    ended = await till.get(f"/payments/intents/{intent['id']}")

    assert (ended["status"], ended["errorDetail"]["code"]) == (
        "ERROR",
        "PAYMENT_INTENT_INVALID_CPF",
    )


async def test_a_new_intent_takes_the_place_of_one_that_waits(till: Till) -> None:
    request = await till.request()
    first = await till.intent(request["id"])

    second = await till.intent(request["id"])

    listed = (await till.get("/payments/intents", paymentRequestId=request["id"]))["results"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert listed[1]["status"] == "CANCELED"


async def test_a_pix_code_is_paid_at_any_bank(till: Till) -> None:
    request = await till.request()
    body = {"paymentRequestId": request["id"], "isDynamicPix": True}

    intent = await till.post("/payments/intents", body)
    await till.get(f"/payments/intents/{intent['id']}")
    await till.decide(intent["id"])

    assert intent["consentUrl"] is None
    assert "540549.90" in intent["pixData"]["value"]
    assert await till.status(f"/payments/requests/{request['id']}") == "COMPLETED"


async def test_a_copy_and_paste_code_gives_amount_and_name(till: Till) -> None:
    code = pix_code(key="loja@example.com", name="LOJA AZUL", amount=Decimal("12.30"))

    request = await till.post("/payments/requests/pix-qr", {"pixQrCode": code})
    refused = await till.driver.refused(
        "POST", "/payments/requests/pix-qr", json={"pixQrCode": code[:-1] + "Z"}
    )

    assert (request["amount"], request["recipient"]) == (
        12.3,
        {"type": "PIX_QR_CODE", "name": "LOJA AZUL"},
    )
    assert refused == (400, None)


async def test_an_unpaid_request_can_be_changed_and_a_paid_one_cannot(till: Till) -> None:
    request = await till.request(isSandbox=True)
    path = f"/payments/requests/{request['id']}"

    changed = (await till.driver.call("PATCH", path, json={"amount": 5.25})).json()
    await till.paid(request["id"])
    refused = await till.driver.refused("PATCH", path, json={"amount": 1})

    assert (changed["amount"], changed["isSandbox"], changed["fees"]) == (5.25, True, 0)
    assert refused == (400, None)


async def test_a_request_is_forgotten_with_its_intents(till: Till) -> None:
    request = await till.request()

    answer = await till.driver.call("DELETE", f"/payments/requests/{request['id']}")

    assert answer.status_code == 200
    assert await till.driver.refused("GET", f"/payments/requests/{request['id']}") == (
        404,
        "PAYMENT_REQUEST_NOT_FOUND",
    )


async def test_a_request_nobody_pays_expires(till: Till) -> None:
    request = await till.request()

    till.clock.move(days=31)

    assert await till.status(f"/payments/requests/{request['id']}") == "EXPIRED"
    body = {"paymentRequestId": request["id"], "connectorId": 613, "parameters": {"cpf": CPF}}
    assert await till.driver.refused("POST", "/payments/intents", json=body) == (400, None)


@pytest.mark.parametrize(("fails", "status"), [(False, "REFUNDED"), (True, "REFUND_ERROR")])
async def test_a_payment_is_given_back(till: Till, *, fails: bool, status: str) -> None:
    request = await till.request()
    await till.paid(request["id"])

    begun = await till.post(
        f"/_simulator/payments/requests/{request['id']}/refund", {"fails": fails}
    )

    assert begun["status"] == "REFUND_IN_PROGRESS"
    assert await till.status(f"/payments/requests/{request['id']}") == status


async def test_requests_are_found_by_what_they_are(till: Till) -> None:
    customer = await till.post(
        "/payments/customers", {"type": "INDIVIDUAL", "name": "Bia Teste", "cpf": CPF}
    )
    first = await till.request(clientPaymentId="a", customerId=customer["id"])
    till.clock.move(days=1)
    second = await till.request(clientPaymentId="b")
    await till.paid(second["id"])

    async def found(**params: Any) -> list[str]:
        results = (await till.get("/payments/requests", **params))["results"]
        return [one["id"] for one in results]

    assert await found() == [second["id"], first["id"]]
    assert await found(clientPaymentId="a") == [first["id"]]
    assert await found(status="COMPLETED") == [second["id"]]
    assert await found(customer="bia") == [first["id"]]
    assert await found(customer=CPF) == [first["id"]]
    assert await found(to="2026-11-23") == [first["id"]]
    assert await found(**{"from": "2026-11-24"}) == [second["id"]]
    assert await found(pageSize=1, page=2) == [first["id"]]
    assert await till.driver.refused("GET", "/payments/requests", params={"status": "X"}) == (
        400,
        None,
    )


async def test_no_recipient_at_all_is_refused_and_the_default_one_is_taken(till: Till) -> None:
    refused = await till.driver.refused("POST", "/payments/requests", json={"amount": 1})
    recipient = await till.recipient()

    request = await till.post("/payments/requests", {"amount": 1})

    assert refused == (400, None)
    assert request["recipient"]["id"] == recipient["id"]


async def test_payments_that_are_not_enabled_are_forbidden() -> None:
    async with tills(enabled=False) as till:
        refused = await till.driver.refused("GET", f"/payments/requests/{NOBODY}")

    assert refused == (403, None)
