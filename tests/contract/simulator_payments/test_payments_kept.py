"""Payments outlive a restart, and what was due meanwhile happens then."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.contract.simulator.driver import driving
from tests.contract.simulator_payments.till import Clock, Till


async def test_payments_go_on_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    kept: dict[str, Any] = {
        "clock": clock,
        "state_file": tmp_path / "world.json",
        "api_key_ttl": timedelta(days=400),
    }
    async with driving(**kept) as driver:
        till = Till(driver, clock)
        rule = {"type": "SINGLE", "date": clock.day(3).isoformat()}
        request = await till.request(schedule=rule, amount=10.07)
        await till.paid(request["id"])
        boleto = await till.boleto()
        before = await till.get(f"/payments/requests/{request['id']}")

    clock.move(days=4)
    async with driving(**kept) as driver:
        till = Till(driver, clock)
        after = await till.get(f"/payments/requests/{request['id']}")
        paid = await till.status(f"/boletos/{boleto['id']}")

    assert before["status"] == "SCHEDULED"
    assert (after["status"], after["amount"]) == ("COMPLETED", 10.07)
    assert paid == "PAID"


async def test_a_reset_forgets_payments(till: Till) -> None:
    await till.request()

    await till.post("/_simulator/reset")

    assert (await till.get("/payments/requests"))["total"] == 0
    assert (await till.get("/payments/recipients"))["total"] == 0
