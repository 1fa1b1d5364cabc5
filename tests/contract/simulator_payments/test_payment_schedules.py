"""A scheduled request pays on its days, unless somebody cancels."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.simulator.receiving import Receiver
from tests.contract.simulator_payments.till import Till
from tomada.simulator.payments.occurrences import WEEKDAYS, Repetition, days_of


async def _scheduled(till: Till, **schedule: Any) -> tuple[str, list[Any]]:
    request = await till.request(schedule=schedule)
    await till.paid(request["id"])
    rows = await till.get(f"/payments/requests/{request['id']}/schedules")
    return request["id"], rows["results"]


async def test_consent_plans_every_payment_and_each_is_made_on_its_day(
    till: Till, events: Receiver
) -> None:
    start = till.clock.day(2).isoformat()

    request_id, rows = await _scheduled(till, type="DAILY", startDate=start, occurrences=3)
    status = await till.status(f"/payments/requests/{request_id}")
    till.clock.move(days=2)
    first = (await till.get(f"/payments/requests/{request_id}/schedules"))["results"]
    till.clock.move(days=2)
    await till.get(f"/payments/requests/{request_id}")

    assert status == "SCHEDULED"
    assert [row["description"] for row in rows] == [
        f"PAGAMENTO AGENDADO {number}/3" for number in (1, 2, 3)
    ]
    assert [row["scheduledDate"] for row in rows] == ["2026-11-25", "2026-11-26", "2026-11-27"]
    assert [row["status"] for row in first] == ["COMPLETED", "SCHEDULED", "SCHEDULED"]
    assert first[0]["endToEndId"].startswith("E")
    assert await till.status(f"/payments/requests/{request_id}") == "COMPLETED"
    assert len(await events.has("scheduled_payment/created", count=3)) == 3
    assert len(await events.has("scheduled_payment/completed", count=3)) == 3
    assert await events.has("scheduled_payment/all_created")
    assert await events.has("scheduled_payment/all_completed")


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        ({"type": "SINGLE", "date": "2026-12-01"}, ["2026-12-01"]),
        (
            {
                "type": "WEEKLY",
                "startDate": "2026-11-24",
                "dayOfWeek": "FRIDAY",
                "occurrences": 3,
            },
            ["2026-11-27", "2026-12-04", "2026-12-11"],
        ),
        (
            {"type": "MONTHLY", "startDate": "2026-11-25", "dayOfMonth": 30, "occurrences": 4},
            ["2026-11-30", "2026-12-30", "2027-01-30", "2027-02-28"],
        ),
        (
            {"type": "CUSTOM", "dates": ["2026-12-25", "2026-12-01"]},
            ["2026-12-01", "2026-12-25"],
        ),
    ],
)
async def test_every_kind_of_schedule_has_its_days(
    till: Till, schedule: dict[str, Any], days: list[str]
) -> None:
    _, rows = await _scheduled(till, **schedule)

    assert [row["scheduledDate"] for row in rows] == days


@pytest.mark.parametrize(
    "schedule",
    [
        {"type": "SINGLE", "date": "2026-11-23"},
        {"type": "SINGLE", "date": "2029-01-01"},
        {"type": "SINGLE", "date": "tomorrow"},
        {"type": "DAILY", "startDate": "2026-12-01", "occurrences": 2},
        {"type": "DAILY", "startDate": "2026-12-01", "occurrences": 60},
        {"type": "DAILY", "startDate": "9999-12-01", "occurrences": 5},
        {"type": "MONTHLY", "startDate": "2026-12-01", "dayOfMonth": 31, "occurrences": 3},
        {"type": "WEEKLY", "startDate": "2026-12-01", "dayOfWeek": "X", "occurrences": 3},
        {"type": "CUSTOM", "dates": []},
        {"type": "CUSTOM", "dates": ["2026-12-01", "2026-12-01"]},
        {"type": "YEARLY"},
        {},
        7,
    ],
)
async def test_a_schedule_that_breaks_a_rule_is_refused(till: Till, schedule: Any) -> None:
    recipient = await till.recipient()
    body = {"amount": 1, "recipientId": recipient["id"], "schedule": schedule}

    refused = await till.driver.refused("POST", "/payments/requests", json=body)

    assert refused == (400, None)


async def test_one_payment_is_cancelled_and_the_others_are_made(
    till: Till, events: Receiver
) -> None:
    start = till.clock.day(1).isoformat()
    request_id, rows = await _scheduled(till, type="DAILY", startDate=start, occurrences=3)
    path = f"/payments/requests/{request_id}/schedules"

    await till.post(f"{path}/{rows[1]['id']}/cancel")
    till.clock.move(days=4)
    after = (await till.get(path))["results"]

    assert [row["status"] for row in after] == ["COMPLETED", "CANCELED", "COMPLETED"]
    (canceled,) = await events.has("scheduled_payment/canceled")
    assert canceled["scheduledPaymentId"] == rows[1]["id"]
    again = f"{path}/{rows[1]['id']}/cancel"
    assert await till.driver.refused("POST", again) == (400, None)


async def test_the_whole_authorisation_is_taken_back(till: Till, events: Receiver) -> None:
    start = till.clock.day(1).isoformat()
    request_id, _ = await _scheduled(till, type="DAILY", startDate=start, occurrences=3)

    await till.post(f"/payments/requests/{request_id}/schedules/cancel")
    till.clock.move(days=4)

    assert await till.status(f"/payments/requests/{request_id}") == "CANCELED"
    assert len(await events.has("scheduled_payment/canceled", count=3)) == 3
    assert events.events("scheduled_payment/completed") == []
    assert (await events.has("payment_request/updated"))[-1]["data"] == {"status": "CANCELED"}


async def test_a_scheduled_payment_can_fail(till: Till, events: Receiver) -> None:
    day = till.clock.day(1).isoformat()
    request_id, (row,) = await _scheduled(till, type="SINGLE", date=day)
    await till.next_ends("scheduled", "INSUFFICIENT_BALANCE")

    till.clock.move(days=1)
    failed = await till.get(f"/payments/requests/{request_id}/schedules/{row['id']}")

    assert (failed["status"], failed["errorDetail"]["code"]) == ("ERROR", "INSUFFICIENT_BALANCE")
    (told,) = await events.has("scheduled_payment/error")
    assert told["error"]["code"] == "INSUFFICIENT_BALANCE"
    assert await till.status(f"/payments/requests/{request_id}") == "ERROR"


@given(
    start=st.dates(min_value=date(2020, 1, 1), max_value=date(2900, 1, 1)),
    count=st.integers(3, 23),
    place=st.integers(1, 30),
)
def test_monthly_days_ascend_one_a_month_from_the_start(
    start: date, count: int, place: int
) -> None:
    days = days_of(Repetition("MONTHLY", start, count, place))

    assert len(days) == count
    assert days[0] >= start
    months = [day.year * 12 + day.month for day in days]
    assert months == list(range(months[0], months[0] + count))
    assert all(day.day == place or (day.month == 2 and day.day >= 28) for day in days)


def test_weekly_days_all_fall_on_the_weekday() -> None:
    days = days_of(Repetition("WEEKLY", date(2026, 11, 23), 5, WEEKDAYS.index("SUNDAY")))

    assert {day.weekday() for day in days} == {6}
