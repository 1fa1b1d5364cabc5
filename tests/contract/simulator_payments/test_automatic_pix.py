"""Automatic PIX: an authorisation, its charges, retries and end."""

from typing import Any

import pytest

from tests.contract.simulator.receiving import Receiver
from tests.contract.simulator_payments.till import OTHER_CPF, Till


async def _authorised(till: Till, **fields: Any) -> str:
    request = await till.authorisation(**fields)
    await till.paid(request["id"])
    request_id: str = request["id"]
    assert await till.status(f"/payments/requests/{request_id}") == "AUTHORIZED"
    return request_id


async def _charge(till: Till, request_id: str, *, ahead: int = 3, **fields: Any) -> Any:
    body = {"amount": 30, "date": till.clock.day(ahead).isoformat()}
    return await till.post(f"/payments/requests/{request_id}/automatic-pix/schedule", body | fields)


def _path(request_id: str, charge: Any) -> str:
    return f"/payments/requests/{request_id}/automatic-pix/schedules/{charge['id']}"


async def test_a_charge_is_made_on_its_day(till: Till, events: Receiver) -> None:
    request_id = await _authorised(till)

    charge = await _charge(till, request_id, clientPaymentId="nov")
    planned = await till.get(_path(request_id, charge))
    till.clock.move(days=3)
    made = await till.get(_path(request_id, charge))

    assert (planned["status"], planned["scheduledStatusReached"]) == ("SCHEDULED", True)
    assert made["status"] == made["attempts"][0]["status"] == "COMPLETED"
    assert made["endToEndId"] == made["attempts"][0]["endToEndId"]
    assert await events.has("automatic_pix_payment/created")
    (done,) = await events.has("automatic_pix_payment/completed")
    assert done["automaticPixPaymentId"] == charge["id"]
    assert (await events.has("payment_request/updated"))[0]["data"] == {"status": "AUTHORIZED"}


async def test_a_failed_charge_is_tried_again_three_times_and_no_more(
    till: Till, events: Receiver
) -> None:
    request_id = await _authorised(till)
    charge = await _charge(till, request_id, ahead=2)
    path = _path(request_id, charge)
    await till.next_ends("charge", "SALDO_INSUFICIENTE", count=4)

    till.clock.move(days=2)
    for _ in range(3):
        assert await till.status(path) == "ERROR"
        await till.post(f"{path}/retry", {"date": till.clock.day(1).isoformat()})
        till.clock.move(days=1)
    ended = await till.get(path)
    body = {"date": till.clock.day(1).isoformat()}
    refused = await till.driver.refused("POST", f"{path}/retry", json=body)

    assert [one["status"] for one in ended["attempts"]] == ["ERROR"] * 4
    assert ended["errorDetail"]["code"] == "SALDO_INSUFICIENTE"
    assert refused == (400, None)
    assert len(await events.has("automatic_pix_payment/error", count=4)) == 4


@pytest.mark.parametrize("ahead", [0, 8])
async def test_a_retry_is_within_seven_days_and_not_today(till: Till, ahead: int) -> None:
    request_id = await _authorised(till)
    charge = await _charge(till, request_id, ahead=2)
    await till.next_ends("charge", "SALDO_INSUFICIENTE")
    till.clock.move(days=2)
    path = _path(request_id, charge)
    assert await till.status(path) == "ERROR"

    body = {"date": till.clock.day(ahead).isoformat()}

    assert await till.driver.refused("POST", f"{path}/retry", json=body) == (400, None)


async def test_after_ten_at_night_tomorrow_is_too_soon_for_a_retry(till: Till) -> None:
    request_id = await _authorised(till)
    charge = await _charge(till, request_id, ahead=2)
    await till.next_ends("charge", "SALDO_INSUFICIENTE")
    till.clock.move(days=2, hours=10)
    path = _path(request_id, charge)
    assert await till.status(path) == "ERROR"

    tomorrow = {"date": till.clock.day(1).isoformat()}
    refused = await till.driver.refused("POST", f"{path}/retry", json=tomorrow)
    await till.post(f"{path}/retry", {"date": till.clock.day(2).isoformat()})

    assert refused == (400, None)
    assert await till.status(path) == "SCHEDULED"


async def test_the_provider_retries_by_itself_on_the_days_agreed(till: Till) -> None:
    request_id = await _authorised(till, automaticRetriesConfiguration={"retryDays": [1, 4]})
    charge = await _charge(till, request_id, ahead=2)
    await till.next_ends("charge", "SALDO_INSUFICIENTE", count=2)

    till.clock.move(days=2)
    first = await till.get(_path(request_id, charge))
    till.clock.move(days=1)
    second = await till.get(_path(request_id, charge))
    till.clock.move(days=3)
    third = await till.get(_path(request_id, charge))

    assert [first["date"], second["date"]] == ["2026-11-26", "2026-11-29"]
    assert third["status"] == "COMPLETED"
    assert len(third["attempts"]) == 3


async def test_the_scheduler_charges_every_period(till: Till) -> None:
    request_id = await _authorised(
        till,
        interval="WEEKLY",
        startDate=till.clock.day(1).isoformat(),
        schedulerConfiguration={"enabled": True, "description": "Mensalidade"},
    )

    till.clock.move(days=20)
    path = f"/payments/requests/{request_id}/automatic-pix/schedules"
    charges = (await till.get(path))["results"][::-1]

    assert [one["date"] for one in charges] == [
        "2026-11-24",
        "2026-12-01",
        "2026-12-08",
        "2026-12-15",
        "2026-12-22",
    ]
    assert [one["status"] for one in charges] == ["COMPLETED"] * 3 + ["SCHEDULED"] * 2
    assert {one["description"] for one in charges} == {"Mensalidade"}


async def test_the_first_payment_is_made_on_the_day_of_consent(till: Till) -> None:
    request_id = await _authorised(till, firstPayment={"amount": 5, "description": "Adesão"})

    path = f"/payments/requests/{request_id}/automatic-pix/schedules"
    (first,) = (await till.get(path))["results"]

    assert (first["isFirstPayment"], first["amount"], first["status"]) == (True, 5, "COMPLETED")


async def test_the_end_of_an_authorisation_takes_its_charges_along(
    till: Till, events: Receiver
) -> None:
    request_id = await _authorised(till)
    charge = await _charge(till, request_id)
    kept = await _charge(till, request_id, ahead=5)

    await till.post(f"{_path(request_id, kept)}/cancel")
    await till.post(f"/payments/requests/{request_id}/automatic-pix/cancel")
    till.clock.move(days=5)

    assert await till.status(_path(request_id, charge)) == "CANCELED"
    assert await till.status(f"/payments/requests/{request_id}") == "CANCELED"
    assert len(await events.has("automatic_pix_payment/canceled", count=2)) == 2
    body = {"amount": 30, "date": till.clock.day(3).isoformat()}
    schedule = f"/payments/requests/{request_id}/automatic-pix/schedule"
    assert await till.driver.refused("POST", schedule, json=body) == (400, None)


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 31}, {"date": "2026-11-24"}, {"date": "2026-12-04"}, {"amount": "30"}],
)
async def test_a_charge_that_breaks_the_consent_is_refused(
    till: Till, wrong: dict[str, Any]
) -> None:
    request_id = await _authorised(till)
    body = {"amount": 30, "date": till.clock.day(3).isoformat()} | wrong

    path = f"/payments/requests/{request_id}/automatic-pix/schedule"

    assert await till.driver.refused("POST", path, json=body) == (400, None)


async def test_another_recipient_must_be_the_same_company(till: Till) -> None:
    request_id = await _authorised(till)
    same = await till.recipient(name="Padaria Boa Hora Filial")
    other = await till.recipient(tax_number=OTHER_CPF)

    charge = await _charge(till, request_id, recipientId=same["id"])
    body = {"amount": 30, "date": till.clock.day(3).isoformat(), "recipientId": other["id"]}
    path = f"/payments/requests/{request_id}/automatic-pix/schedule"
    refused = await till.driver.refused("POST", path, json=body)

    assert charge["recipientId"] == same["id"]
    assert refused == (400, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minimumVariableAmount": 1},
        {"startDate": "2026-11-22"},
        {"startDate": None},
        {"interval": "DAILY"},
        {"expiresAt": "2026-11-25T00:00:00Z"},
        {"firstPayment": {"amount": 1, "date": "2026-11-28"}},
        {"firstPayment": {}},
        {"automaticRetriesConfiguration": {"retryDays": [0]}},
        {"fixedAmount": None, "schedulerConfiguration": {"enabled": True}},
        {"fixedAmount": None, "minimumVariableAmount": 5, "maximumVariableAmount": 4},
        {"recipientId": None},
    ],
)
async def test_terms_that_contradict_each_other_are_refused(
    till: Till, wrong: dict[str, Any]
) -> None:
    body = {
        "fixedAmount": 30,
        "interval": "MONTHLY",
        "startDate": till.clock.day(5).isoformat(),
        "recipientId": (await till.recipient())["id"],
    } | wrong

    refused = await till.driver.refused("POST", "/payments/requests/automatic-pix", json=body)

    assert refused == (400, None)


async def test_an_authorisation_runs_out(till: Till) -> None:
    request_id = await _authorised(till, expiresAt="2026-12-20T00:00:00Z")

    till.clock.move(days=30)

    assert await till.status(f"/payments/requests/{request_id}") == "EXPIRED"
