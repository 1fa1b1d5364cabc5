"""A process that asks the shared allowance as often as it can, and prints when it got its turns."""

import asyncio
import json
import sys
import time
from typing import Any

from tomada.adapters.limits.postgres import PostgresLimiter
from tomada.pluggy import Allowance
from tomada.store.engine import open_pool

_CALLERS = 5


async def _main(work: dict[str, Any]) -> None:
    passed: list[float] = []
    allowance = Allowance(requests=work["requests"], seconds=work["seconds"], reserve=7)
    async with open_pool(work["url"], size=2) as pool:
        limiter = PostgresLimiter(pool=pool, default=allowance)

        async def call() -> None:
            while True:
                await limiter.acquire("transactions", interactive=False)
                # The wall clock, since it is the same in all processes.
                passed.append(time.time())

        callers = [asyncio.create_task(call()) for _ in range(_CALLERS)]
        await asyncio.wait(callers, timeout=work["for"])
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    sys.stdout.write(json.dumps(passed))


if __name__ == "__main__":
    asyncio.run(_main(json.loads(sys.argv[1])))
