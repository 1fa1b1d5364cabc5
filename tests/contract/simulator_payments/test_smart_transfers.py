"""Smart transfers: a preauthorization, its limits, the payer's balance, payments under it."""

from typing import Any

import pytest

from tests.contract.simulator.receiving import Receiver
from tests.contract.simulator_payments.till import BANK, CPF, NOBODY, Till, tills


async def test_an_approved_preauthorization_pays_without_the_payer(
    till: Till, events: Receiver
) -> None:
    given = await till.preauthorization(clientPreauthorizationId="cliente-1")

    payment = await till.transfer(given, description="Repasse")

    assert (given["status"], given["debtor"]["taxNumber"]) == ("COMPLETED", "***.982.247-**")
    assert payment["status"] == "PAYMENT_COMPLETED"
    (agreed,) = await events.has("smart_transfer_preauthorization/completed")
    assert agreed["status"] == "COMPLETED"
    (paid,) = await events.has("smart_transfer_payment/completed")
    assert (paid["smartTransferPaymentId"], paid["smartTransferPreauthorizationId"]) == (
        payment["id"],
        given["id"],
    )


async def test_a_refused_preauthorization_pays_nothing(till: Till, events: Receiver) -> None:
    given = await till.preauthorization(decision="reject")

    body = {
        "preauthorizationId": given["id"],
        "recipientId": given["recipients"][0]["id"],
        "amount": 1,
    }

    assert given["status"] == "REJECTED"
    assert await till.driver.refused("POST", "/smart-transfers/payments", json=body) == (400, None)
    (told,) = await events.has("smart_transfer_preauthorization/error")
    assert (told["status"], told["error"]["code"]) == ("REJECTED", "REJEITADO_USUARIO")


async def test_a_preauthorization_nobody_answers_runs_out(till: Till) -> None:
    asked = await till.preauthorization(decision=None)

    till.clock.move(minutes=16)

    path = f"/smart-transfers/preauthorizations/{asked['id']}"
    assert await till.status(path) == "REJECTED"


async def test_one_taken_back_at_the_bank_pays_nothing_more(till: Till) -> None:
    given = await till.preauthorization(linkedJourney=True)

    revoked = await till.post(f"/_simulator/payments/preauthorizations/{given['id']}/revoke")

    assert (revoked["status"], revoked["dataConsent"]["status"]) == ("REVOKED", "REJECTED")
    path = f"/smart-transfers/preauthorizations/{given['id']}/balance"
    assert await till.driver.refused("GET", path) == (400, None)


@pytest.mark.parametrize(
    ("configuration", "amounts", "statuses"),
    [
        ({"transactionLimit": 10}, [10, 10.01], ["PAYMENT_COMPLETED", "PAYMENT_REJECTED"]),
        ({"totalAllowedAmount": 15}, [10, 6], ["PAYMENT_COMPLETED", "PAYMENT_REJECTED"]),
        (
            {"periodicLimits": {"day": {"quantityLimit": 1}}},
            [1, 1],
            ["PAYMENT_COMPLETED", "PAYMENT_REJECTED"],
        ),
        (
            {"periodicLimits": {"month": {"transactionLimit": 3}}},
            [2, 2, 1],
            ["PAYMENT_COMPLETED", "PAYMENT_REJECTED", "PAYMENT_COMPLETED"],
        ),
    ],
)
async def test_a_payment_over_a_limit_is_rejected(
    till: Till, configuration: Any, amounts: list[float], statuses: list[str]
) -> None:
    given = await till.preauthorization(configuration=configuration)

    payments = [await till.transfer(given, amount=amount) for amount in amounts]

    assert [one["status"] for one in payments] == statuses
    refused = payments[statuses.index("PAYMENT_REJECTED")]
    assert refused["errorDetail"]["code"] == "PAYMENT_DIFFERENT_FROM_CONSENT"


async def test_a_period_begins_anew(till: Till) -> None:
    limits = {"periodicLimits": {"week": {"quantityLimit": 1}}}
    given = await till.preauthorization(configuration=limits)

    first = await till.transfer(given)
    second = await till.transfer(given)
    till.clock.move(days=7)
    third = await till.transfer(given)

    assert [one["status"] for one in (first, second, third)] == [
        "PAYMENT_COMPLETED",
        "PAYMENT_REJECTED",
        "PAYMENT_COMPLETED",
    ]


async def test_over_a_limit_can_be_refused_at_once_by_setting() -> None:
    async with tills(over_limit="refuse") as till:
        given = await till.preauthorization(configuration={"transactionLimit": 10})
        body = {
            "preauthorizationId": given["id"],
            "recipientId": given["recipients"][0]["id"],
            "amount": 11,
        }

        refused = await till.driver.refused("POST", "/smart-transfers/payments", json=body)

    assert refused == (400, None)


async def test_the_balance_falls_with_what_is_paid_until_there_is_none(till: Till) -> None:
    given = await till.preauthorization(linkedJourney=True)
    path = f"/smart-transfers/preauthorizations/{given['id']}/balance"

    before = (await till.get(path))["balance"]
    await till.transfer(given, amount=100)
    after = (await till.get(path))["balance"]
    broke = await till.transfer(given, amount=99_999_999)

    assert given["dataConsent"]["status"] == "AUTHORISED"
    assert round(before - after, 2) == 100
    assert broke["errorDetail"]["code"] == "PAYMENT_REJECTED_BY_HOLDER"


async def test_the_balance_is_read_no_oftener_than_the_month_allows() -> None:
    async with tills(balance_reads_per_month=1) as till:
        given = await till.preauthorization(linkedJourney=True)
        path = f"/smart-transfers/preauthorizations/{given['id']}/balance"

        await till.get(path)
        refused = await till.driver.refused("GET", path)
        till.clock.move(days=10)
        await till.get(path)

    assert refused == (429, None)


async def test_the_permission_to_read_the_balance_is_given_back_for_good(till: Till) -> None:
    given = await till.preauthorization(linkedJourney=True)
    path = f"/smart-transfers/preauthorizations/{given['id']}"

    first = (await till.driver.call("DELETE", f"{path}/data-consent")).json()
    till.clock.move(hours=1)
    second = (await till.driver.call("DELETE", f"{path}/data-consent")).json()

    assert first["dataConsent"]["rejectionReason"] == "CUSTOMER_MANUALLY_REVOKED"
    assert second == first
    assert await till.driver.refused("GET", f"{path}/balance") == (403, None)
    assert (await till.transfer(given))["status"] == "PAYMENT_COMPLETED"


async def test_payments_are_listed_newest_first_and_by_day(till: Till) -> None:
    given = await till.preauthorization()
    first = await till.transfer(given)
    till.clock.move(days=1)
    second = await till.transfer(given)
    path = f"/smart-transfers/preauthorizations/{given['id']}/payments"

    listed = (await till.get(path))["results"]
    late = (await till.get(path, **{"from": "2026-11-24"}))["results"]

    assert [one["id"] for one in listed] == [second["id"], first["id"]]
    assert [one["id"] for one in late] == [second["id"]]


async def test_a_payment_can_fail_by_order(till: Till, events: Receiver) -> None:
    given = await till.preauthorization()
    await till.next_ends("transfer", "PAYMENT_REJECTED_BY_SPI")

    failed = await till.transfer(given)
    fine = await till.transfer(given)

    assert [failed["status"], fine["status"]] == ["PAYMENT_REJECTED", "PAYMENT_COMPLETED"]
    (told,) = await events.has("smart_transfer_payment/error")
    assert told["error"]["code"] == "PAYMENT_REJECTED_BY_SPI"


@pytest.mark.parametrize(
    "wrong",
    [
        {"connectorId": 0},
        {"connectorId": 999},
        {"connectorId": None},
        {"parameters": {"cpf": "12345678900"}},
        {"parameters": None},
        {"recipientIds": []},
        {"recipientIds": [NOBODY]},
        {"configuration": {"transactionLimit": -1}},
        {"configuration": {"periodicLimits": {"day": {}}}},
        {"callbackUrls": 1},
    ],
)
async def test_what_no_bank_could_authorise_is_refused(till: Till, wrong: dict[str, Any]) -> None:
    body = {
        "connectorId": BANK,
        "parameters": {"cpf": CPF},
        "recipientIds": [(await till.recipient())["id"]],
    } | wrong

    refused = await till.driver.refused("POST", "/smart-transfers/preauthorizations", json=body)

    assert refused == (400, None)
