"""The server of the client benchmark: a simulator with one item of 100,000 movements.

Prints one line of JSON when it is ready. Each line of its standard input is a number of seconds:
what every page of movements takes longer from then on. It ends with its standard input.
"""

import asyncio
import json
import sys

from tomada.pluggy import PluggyClient
from tomada.pluggy.limits import NoLimiter
from tomada.simulator import SimulatorSettings, run_simulator
from tomada.simulator.faults import Fault


async def main(user: str) -> None:
    settings = SimulatorSettings(
        requests_per_minute=None, item_updates_per_minute=None, auto_sync_hours=None
    )
    async with run_simulator(settings) as simulator:
        async with PluggyClient(
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            base_url=simulator.url,
            limiter=NoLimiter(),
            trust_env=False,
        ) as pluggy:
            item = await pluggy.create_item(0, {"user": user, "password": "password-ok"})
            await simulator.world.settled()
            account = (await pluggy.list_accounts(item.id))[0]
        ready = {
            "url": simulator.url,
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "account_id": account.id,
        }
        print(json.dumps(ready), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            late = Fault(path="/v2/transactions", effect="delay", count=None, seconds=float(line))
            simulator.world.faults.add(late)
            print("late", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
