"""The pages on which a payer pays and decides, as a browser sees them."""

from typing import Any

import httpx2
import pytest

from tests.contract.simulator_payments.till import CPF, NOBODY, Till

CALLBACKS = {
    "success": "https://shop.example.com/ok",
    "pending": "https://shop.example.com/wait",
    "error": "https://shop.example.com/no",
}


async def _post(till: Till, url: str, **form: str) -> httpx2.Response:
    return await till.driver.http.post(url, data=form, follow_redirects=False)


async def test_a_payment_link_leads_over_the_bank_back_to_the_shop(till: Till) -> None:
    request = await till.request(callbackUrls=CALLBACKS)

    link = await till.driver.http.get(request["paymentUrl"])
    sent = await _post(till, request["paymentUrl"], cpf="529.982.247-25", bank="613")
    bank = await till.driver.http.get(sent.headers["location"])
    back = await _post(till, sent.headers["location"], decision="approve")

    assert "R$ 49,90" in link.text
    assert "Banco Aurora" in link.text
    assert (sent.status_code, bank.status_code, back.status_code) == (303, 200, 303)
    assert "Padaria Boa Hora" in bank.text
    assert back.headers["location"] == CALLBACKS["success"]
    assert await till.status(f"/payments/requests/{request['id']}") == "COMPLETED"
    assert "já foi feito" in (await till.driver.http.get(request["paymentUrl"])).text


@pytest.mark.parametrize(
    ("form", "place", "status"),
    [
        ({"decision": "reject", "code": "SALDO_INSUFICIENTE"}, "error", "CONSENT_REJECTED"),
        ({"decision": "approve", "code": "SALDO_INSUFICIENTE"}, "error", "PAYMENT_REJECTED"),
        ({"decision": "second"}, "pending", "PAYMENT_PARTIALLY_ACCEPTED"),
    ],
)
async def test_the_page_leads_back_to_where_the_decision_belongs(
    till: Till, form: Any, place: str, status: str
) -> None:
    request = await till.request(callbackUrls=CALLBACKS)
    intent = await till.intent(request["id"])

    back = await _post(till, intent["consentUrl"], **form)

    assert back.headers["location"] == CALLBACKS[place]
    assert await till.status(f"/payments/intents/{intent['id']}") == status


async def test_without_a_way_back_the_page_says_what_happened(till: Till) -> None:
    intent = await till.intent((await till.request())["id"])

    answer = await _post(till, intent["consentUrl"], decision="reject")
    again = await till.driver.http.get(intent["consentUrl"])
    twice = await _post(till, intent["consentUrl"], decision="approve")

    assert "Pedido recusado" in answer.text
    assert "já foi respondido" in again.text
    assert twice.status_code == 409


async def test_a_preauthorization_can_be_given_without_showing_the_balance(till: Till) -> None:
    asked = await till.preauthorization(decision=None, linkedJourney=True)

    bank = await till.driver.http.get(asked["consentUrl"])
    await _post(till, asked["consentUrl"], decision="without")
    given = await till.get(f"/smart-transfers/preauthorizations/{asked['id']}")

    assert "sem mostrar saldo" in bank.text
    assert given["status"] == "COMPLETED"
    assert given["dataConsent"]["rejectionReason"] == "CUSTOMER_MANUALLY_REJECTED"


async def test_a_wrong_cpf_is_asked_for_again(till: Till) -> None:
    request = await till.request()

    answer = await _post(till, request["paymentUrl"], cpf="1", bank="613")
    nowhere = await _post(till, request["paymentUrl"], cpf=CPF, bank="0")

    assert (answer.status_code, nowhere.status_code) == (400, 400)
    assert "O CPF não é válido" in answer.text
    assert (await till.get("/payments/intents", paymentRequestId=request["id"]))["total"] == 0


async def test_names_are_shown_as_text_and_never_as_markup(till: Till) -> None:
    recipient = await till.recipient(name="<script>alert(1)</script>")
    request = await till.post("/payments/requests", {"amount": 1, "recipientId": recipient["id"]})
    intent = await till.intent(request["id"])

    bank = await till.driver.http.get(intent["consentUrl"])

    assert "&lt;script&gt;" in bank.text
    assert "<script>" not in bank.text


@pytest.mark.parametrize(
    "path", ["/_bank/payment?intent=", "/_bank/payment?preauthorization=", "/_pay/"]
)
async def test_what_is_not_there_is_not_found(till: Till, path: str) -> None:
    answer = await till.driver.http.get(f"{path}{NOBODY}")

    assert answer.status_code == 404
