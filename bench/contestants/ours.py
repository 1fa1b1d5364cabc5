"""Our client: page by page, nothing kept; every field typed, money exact.

On uvloop, as everything that Tomada runs is.
"""

import os
import sys
from decimal import Decimal
from pathlib import Path

import uvloop

from bench.contestants.measuring import Stopwatch
from tomada.pluggy import PluggyClient
from tomada.pluggy.limits import NoLimiter
from tomada.pluggy.models.transactions import Transaction
from tomada.pluggy.wire import decode_rows


async def fetch(account_id: str) -> None:
    async with PluggyClient(
        client_id=os.environ["PLUGGY_CLIENT_ID"],
        client_secret=os.environ["PLUGGY_CLIENT_SECRET"],
        base_url=os.environ["PLUGGY_API_URL"],
        limiter=NoLimiter(),
        trust_env=False,
    ) as pluggy:
        await pluggy.list_categories()
        rows, total = 0, Decimal(0)
        watch = Stopwatch()
        async for page in pluggy.transactions(account_id).pages():
            rows += len(page.items)
            total += sum(movement.amount for movement in page.items)
            del page
        watch.report(rows=rows, total=float(total))


def decode(directory: Path) -> None:
    bodies = [path.read_bytes() for path in sorted(directory.iterdir())]
    decode_rows(bodies[0], Transaction)
    rows, total = 0, Decimal(0)
    watch = Stopwatch()
    for body in bodies:
        page = decode_rows(body, Transaction).items
        rows += len(page)
        total += sum(movement.amount for movement in page)
        del page
    watch.report(rows=rows, total=float(total))


if __name__ == "__main__":
    if sys.argv[1] == "fetch":
        uvloop.run(fetch(sys.argv[2]))
    else:
        decode(Path(sys.argv[2]))
