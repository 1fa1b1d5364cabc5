"""Under a clock that stands until it is moved, payments happen on the way and not before."""

from datetime import UTC, datetime, timedelta

from tests.contract.simulator.driver import driving
from tests.contract.simulator_payments.till import Clock, Till
from tomada.simulator.clock import WorldClock

START = datetime(2026, 11, 23, 15, tzinfo=UTC)


async def test_a_month_passes_and_every_event_has_its_day() -> None:
    clock = WorldClock.standing(START)
    async with driving(clock=clock, api_key_ttl=timedelta(days=400)) as driver:
        till = Till(driver, Clock(START))
        rule = {"type": "WEEKLY", "startDate": "2026-11-24", "dayOfWeek": "FRIDAY"}
        request = await till.request(schedule=rule | {"occurrences": 4})
        await till.paid(request["id"])
        boleto = await till.boleto()

        await clock.advance(days=30)
        paid_at = (await till.get(f"/boletos/{boleto['id']}"))["paidAt"]
        rows = (await till.get(f"/payments/requests/{request['id']}/schedules"))["results"]
        ended = await till.get(f"/payments/requests/{request['id']}")

    assert paid_at == "2026-11-23T15:05:00.000Z"
    assert {row["status"] for row in rows} == {"COMPLETED"}
    assert [row["endToEndId"][9:17] for row in rows] == [
        "20261127",
        "20261204",
        "20261211",
        "20261218",
    ]
    assert (ended["status"], ended["updatedAt"]) == ("COMPLETED", "2026-12-18T09:00:00.000Z")
