"""What is not published is a setting, and each setting does what its sentence says."""

from datetime import timedelta

from tests.contract.simulator_payments.till import Till, tills


async def _planned(till: Till) -> tuple[str, str]:
    rule = {"type": "DAILY", "startDate": till.clock.day(1).isoformat(), "occurrences": 3}
    request = await till.request(schedule=rule)
    await till.paid(request["id"])
    rows = (await till.get(f"/payments/requests/{request['id']}/schedules"))["results"]
    return request["id"], rows[0]["id"]


async def test_no_content_can_be_said_as_documented() -> None:
    async with tills(no_content_status=204) as till:
        request_id, row_id = await _planned(till)
        path = f"/payments/requests/{request_id}/schedules/{row_id}/cancel"

        answer = await till.driver.call("POST", path)

    assert (answer.status_code, answer.content) == (204, b"")


async def test_cancelled_rows_can_be_left_out() -> None:
    async with tills(show_canceled_schedules=False) as till:
        request_id, row_id = await _planned(till)
        path = f"/payments/requests/{request_id}/schedules"

        await till.post(f"{path}/{row_id}/cancel")
        left = (await till.get(path))["results"]

    assert len(left) == 2
    assert row_id not in {row["id"] for row in left}


async def test_payments_of_a_day_are_made_at_the_hour_chosen() -> None:
    async with tills(settle_hour=18) as till:
        request_id, row_id = await _planned(till)
        path = f"/payments/requests/{request_id}/schedules/{row_id}"

        till.clock.move(days=1)
        noon = await till.status(path)
        till.clock.move(hours=6)
        evening = await till.status(path)

    assert [noon, evening] == ["SCHEDULED", "COMPLETED"]


async def test_consents_and_requests_live_as_long_as_they_are_let() -> None:
    async with tills(consent_ttl=timedelta(hours=2), request_ttl=None) as till:
        request = await till.request()
        intent = await till.intent(request["id"])
        await till.get(f"/payments/intents/{intent['id']}")
        other = await till.request()

        till.clock.move(hours=1)
        patient = await till.status(f"/payments/intents/{intent['id']}")
        till.clock.move(days=900)

        assert patient == "CONSENT_AWAITING_AUTHORIZATION"
        assert await till.status(f"/payments/requests/{other['id']}") == "CREATED"


async def test_boletos_move_at_the_pace_chosen() -> None:
    async with tills(boleto_step=timedelta(seconds=1), boleto_outcome="PROTESTED") as till:
        boleto = await till.boleto()
        path = f"/boletos/{boleto['id']}"

        till.clock.move(seconds=1)
        first = await till.status(path)
        till.clock.move(seconds=1)

        assert [first, await till.status(path)] == ["OVERDUE", "PROTESTED"]
