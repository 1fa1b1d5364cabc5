"""A clock that tests move, and the steps that several tests take."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contract.simulator.driver import Driver

CPF = {"cpf": "761.092.776-73"}
SANDBOX = 600


@dataclass(slots=True)
class Clock:
    """Tells the same time until it is moved."""

    now: datetime = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    async def move(self, driver: Driver, **by: float) -> None:
        """Let time pass; the client gets a new key, the old one being over."""
        self.now += timedelta(**by)
        keys = {
            "clientId": driver.simulator.settings.client_id,
            "clientSecret": driver.simulator.settings.client_secret,
        }
        driver.key = (await driver.http.post("/auth", json=keys)).json()["apiKey"]


async def approved(driver: Driver, *, parameters: dict[str, str] | None = None, **more: Any) -> Any:
    """Connect the Open Finance sandbox and approve at the bank."""
    connector = more.pop("connector", SANDBOX)
    made = await driver.new_item(connector=connector, parameters=parameters or CPF, **more)
    await driver.item_at(made["id"], lambda item: item["status"] == "WAITING_USER_ACTION")
    driver.simulator.world.decide(made["id"])
    return await driver.ended(made["id"])


async def run(driver: Driver, item_id: str, outcome: str | None = None) -> Any:
    """Let the item run by itself, approved where the bank asks, and give it as it ends."""
    driver.simulator.world.run(item_id, outcome=outcome)
    item = await driver.ended(item_id)
    if item["status"] == "WAITING_USER_ACTION":
        driver.simulator.world.decide(item_id)
        item = await driver.ended(item_id)
    return item


async def balance_refused(driver: Driver, account_id: str) -> tuple[int, str | None]:
    """Ask for a live balance that must be refused."""
    return await driver.refused("GET", f"/accounts/{account_id}/balance")
