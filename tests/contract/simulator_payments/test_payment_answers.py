"""Every answer of the payments side has the published shape, and every refusal its code."""

from typing import Any

import pytest

from tests.contract.simulator.contract import Contract
from tests.contract.simulator_payments.schemas import alternative
from tests.contract.simulator_payments.till import CNPJ, CPF, NOBODY, Till

PLACES = {
    "/payments/requests/{id}": "/payments/requests/{request}",
    "/payments/requests/{id}/schedules": "/payments/requests/{scheduled}/schedules",
    "/payments/requests/{id}/automatic-pix/schedules": (
        "/payments/requests/{authorised}/automatic-pix/schedules"
    ),
    "/payments/requests/{requestId}/automatic-pix/schedules/{paymentId}": (
        "/payments/requests/{authorised}/automatic-pix/schedules/{charge}"
    ),
    "/payments/intents": "/payments/intents?paymentRequestId={request}",
    "/payments/intents/{id}": "/payments/intents/{intent}",
    "/payments/customers/{id}": "/payments/customers/{customer}",
    "/payments/recipients/{id}": "/payments/recipients/{recipient}",
    "/payments/recipients/institutions/{id}": "/payments/recipients/institutions/{institution}",
    "/smart-transfers/payments/{id}": "/smart-transfers/payments/{transfer}",
    "/smart-transfers/preauthorizations/{id}": "/smart-transfers/preauthorizations/{given}",
    "/smart-transfers/preauthorizations/{id}/balance": (
        "/smart-transfers/preauthorizations/{given}/balance"
    ),
    "/smart-transfers/preauthorizations/{id}/payments": (
        "/smart-transfers/preauthorizations/{given}/payments"
    ),
    "/boletos/{id}": "/boletos/{boleto}",
}
SIDE = ("/payments", "/smart-transfers", "/boleto")


async def _everything(till: Till) -> dict[str, str]:
    """Let one of each thing exist, in the state with the most fields."""
    customer = await till.post(
        "/payments/customers",
        {"type": "INDIVIDUAL", "name": "Ana Teste", "cpf": CPF, "connectorId": 613},
    )
    request = await till.request(
        customerId=customer["id"], callbackUrls={"success": "https://shop.example.com"}
    )
    intent = await till.paid(request["id"])
    start = till.clock.day(1).isoformat()
    rule = {"type": "DAILY", "startDate": start, "occurrences": 3}
    scheduled = await till.request(schedule=rule)
    await till.paid(scheduled["id"])
    authorised = await till.authorisation(
        expiresAt="2028-01-01T00:00:00Z",
        firstPayment={"amount": 1, "date": till.clock.day(3).isoformat()},
        automaticRetriesConfiguration={"retryDays": [1]},
        schedulerConfiguration={"enabled": False},
    )
    await till.paid(authorised["id"])
    await till.next_ends("charge", "SALDO_INSUFICIENTE")
    charge = await till.post(
        f"/payments/requests/{authorised['id']}/automatic-pix/schedule",
        {"amount": 30, "date": till.clock.day(2).isoformat()},
    )
    await till.next_ends("scheduled", "INSUFFICIENT_BALANCE")
    till.clock.move(days=2)
    failed = await till.request()
    await till.paid(failed["id"], code="SALDO_INSUFICIENTE")
    given = await till.preauthorization(
        linkedJourney=True,
        configuration={"transactionLimit": 10, "periodicLimits": {"day": {"quantityLimit": 9}}},
    )
    await till.transfer(given, amount=11)
    transfer = await till.transfer(given)
    boleto = await till.boleto(fine={"value": 2, "type": "FIXED"})
    till.clock.move(minutes=6)
    return {
        "customer": customer["id"],
        "request": request["id"],
        "intent": intent["id"],
        "scheduled": scheduled["id"],
        "authorised": authorised["id"],
        "charge": charge["id"],
        "given": given["id"],
        "transfer": transfer["id"],
        "boleto": boleto["id"],
        "recipient": request["recipient"]["id"],
        "institution": request["recipient"]["paymentInstitution"]["id"],
    }


async def test_what_is_read_has_the_published_shape(till: Till, contract: Contract) -> None:
    places = await _everything(till)
    paths = [
        path
        for path, methods in contract.paths.items()
        if path.startswith(SIDE) and "get" in methods
    ]

    wrong: dict[str, list[str]] = {}
    for path in paths:
        answer = await till.get(PLACES.get(path, path).format(**places))
        assert answer.get("total", 1) >= 1, path
        wrong[path] = contract.answer_violations(
            method="GET", path=path, status=200, content=answer
        )

    assert wrong == {path: [] for path in paths}


async def test_recipients_and_schedules_have_the_shape_of_their_kind(
    till: Till, contract: Contract
) -> None:
    await _everything(till)

    requests = (await till.get("/payments/requests"))["results"]

    kinds = [one for request in requests for one in (request["recipient"], request["schedule"])]
    found = [one for one in kinds if one is not None]
    assert {one["type"] for one in found} == {"BANK_ACCOUNT", "DAILY"}
    assert [alternative(contract, one) for one in found] == [[] for _ in found]


async def test_what_is_made_has_the_published_shape(till: Till, contract: Contract) -> None:
    recipient = await till.recipient()
    customer = await till.post(
        "/payments/customers", {"type": "BUSINESS", "name": "Loja", "cnpj": CNPJ}
    )
    request = await till.request()
    intent = await till.intent(request["id"])
    authorisation = await till.authorisation()
    given = await till.preauthorization(decision=None)
    boleto = await till.boleto()
    made = {
        "/payments/recipients": recipient,
        "/payments/customers": customer,
        "/payments/requests": request,
        "/payments/requests/automatic-pix": authorisation,
        "/payments/intents": intent,
        "/smart-transfers/preauthorizations": given,
        "/boletos": boleto,
    }

    wrong = {
        path: contract.answer_violations(method="POST", path=path, status=200, content=content)
        for path, content in made.items()
    }

    assert wrong == {path: [] for path in made}
    assert "amount" not in authorisation
    assert intent["consentUrl"].startswith(till.driver.simulator.url)


REFUSALS: list[tuple[str, str, Any, str | None]] = [
    ("GET", "/payments/requests/{nobody}", None, "PAYMENT_REQUEST_NOT_FOUND"),
    ("GET", "/payments/requests/no-uuid", None, "PAYMENT_REQUEST_NOT_FOUND"),
    ("PATCH", "/payments/requests/{nobody}", {}, "PAYMENT_REQUEST_NOT_FOUND"),
    ("DELETE", "/payments/requests/{nobody}", None, "PAYMENT_REQUEST_NOT_FOUND"),
    ("GET", "/payments/requests/{nobody}/schedules", None, "PAYMENT_REQUEST_NOT_FOUND"),
    ("POST", "/payments/requests/{nobody}/schedules/cancel", None, "PAYMENT_REQUEST_NOT_FOUND"),
    ("POST", "/payments/requests/{nobody}/schedules/{nobody}/cancel", None, None),
    ("POST", "/payments/requests/{nobody}/automatic-pix/cancel", None, None),
    ("POST", "/payments/requests/{nobody}/automatic-pix/schedule", {}, None),
    ("GET", "/payments/requests/{nobody}/automatic-pix/schedules", None, None),
    ("GET", "/payments/requests/{nobody}/automatic-pix/schedules/{nobody}", None, None),
    ("POST", "/payments/requests/{nobody}/automatic-pix/schedules/{nobody}/cancel", None, None),
    ("POST", "/payments/requests/{nobody}/automatic-pix/schedules/{nobody}/retry", {}, None),
    ("GET", "/payments/intents/{nobody}", None, "PAYMENT_INTENT_NOT_FOUND"),
    ("GET", "/payments/intents?paymentRequestId={nobody}", None, "PAYMENT_REQUEST_NOT_FOUND"),
    ("GET", "/payments/customers/{nobody}", None, "PAYMENT_CUSTOMER_NOT_FOUND"),
    ("PATCH", "/payments/customers/{nobody}", {}, "PAYMENT_CUSTOMER_NOT_FOUND"),
    ("DELETE", "/payments/customers/{nobody}", None, "PAYMENT_CUSTOMER_NOT_FOUND"),
    ("GET", "/payments/recipients/{nobody}", None, "PAYMENT_RECIPIENT_NOT_FOUND"),
    ("PATCH", "/payments/recipients/{nobody}", {}, "PAYMENT_RECIPIENT_NOT_FOUND"),
    ("DELETE", "/payments/recipients/{nobody}", None, "PAYMENT_RECIPIENT_NOT_FOUND"),
    (
        "GET",
        "/payments/recipients/institutions/{nobody}",
        None,
        "PAYMENT_INSTITUTION_NOT_FOUND",
    ),
    ("GET", "/smart-transfers/payments/{nobody}", None, "SMART_TRANSFER_PAYMENT_NOT_FOUND"),
    (
        "GET",
        "/smart-transfers/preauthorizations/{nobody}",
        None,
        "SMART_TRANSFER_PREAUTHORIZATION_NOT_FOUND",
    ),
    ("GET", "/smart-transfers/preauthorizations/{nobody}/balance", None, None),
    ("DELETE", "/smart-transfers/preauthorizations/{nobody}/data-consent", None, None),
    ("GET", "/smart-transfers/preauthorizations/{nobody}/payments", None, None),
    ("GET", "/boletos/{nobody}", None, "BOLETO_NOT_FOUND"),
    ("POST", "/boletos/{nobody}/cancel", None, "BOLETO_NOT_FOUND"),
]


@pytest.mark.parametrize(("method", "path", "body", "code"), REFUSALS)
async def test_what_does_not_exist_is_not_found(
    till: Till, contract: Contract, method: str, path: str, body: Any, code: str | None
) -> None:
    answer = await till.driver.call(method, path.format(nobody=NOBODY), json=body)

    content = answer.json()
    assert answer.status_code == 404
    assert code in {None, content["codeDescription"]}
    assert not list(contract.violations(content, {"ref": "GlobalErrorResponse"}, "refusal"))


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/payments/requests", {}, "amount must be a number"),
        ("/payments/requests", {"amount": 0}, "amount must not be less than 0.01"),
        ("/payments/requests", {"amount": 1.005}, "at most 2 decimal places"),
        ("/payments/requests", {"amount": True}, "amount must be a number"),
        ("/payments/requests", {"amount": 1, "recipientId": "x"}, "recipientId must be a UUID"),
        ("/payments/requests", {"amount": 1, "customerId": NOBODY}, "does not exist"),
        ("/payments/requests", [1], "body must be an object"),
        ("/payments/intents", {}, "paymentRequestId"),
        ("/payments/intents", {"paymentRequestId": NOBODY}, "does not exist"),
        ("/smart-transfers/payments", {}, "preauthorizationId must be a UUID"),
        ("/boletos", {}, "boleto must be an object"),
    ],
)
async def test_a_body_that_breaks_a_rule_is_refused_with_a_reason(
    till: Till, path: str, body: Any, message: str
) -> None:
    await till.recipient()

    answer = await till.driver.call("POST", path, json=body)

    assert answer.status_code == 400
    assert message in answer.json()["message"]


async def test_a_connect_token_may_not_touch_payments(till: Till) -> None:
    token = await till.driver.connect_token()

    assert await till.driver.refused("GET", "/payments/requests", key=token) == (403, None)


async def test_connectors_say_what_they_can_do(till: Till) -> None:
    bank = await till.get("/connectors/613")
    sandbox = await till.get("/connectors/0")
    business = await till.get("/connectors/620")

    assert bank["supportsPaymentInitiation"]
    assert bank["supportsSmartTransfers"]
    assert not sandbox["supportsPaymentInitiation"]
    assert business["supportsBoletoManagement"]
