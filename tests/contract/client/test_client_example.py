"""The example of the reference page runs as it stands there."""

import asyncio
import os
import re
import sys
from pathlib import Path

from tests.contract.client.opened import connected, opened

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "pluggy-client.md"


async def test_the_example_prints_accounts_and_movements() -> None:
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert example

    async with opened() as (simulator, pluggy):
        item = await connected(simulator, pluggy)
        account = (await pluggy.list_accounts(item.id))[0]
        environment = os.environ | {
            "PLUGGY_CLIENT_ID": simulator.settings.client_id,
            "PLUGGY_CLIENT_SECRET": simulator.settings.client_secret,
            "PLUGGY_API_URL": simulator.url,
            "ITEM_ID": item.id,
            "NO_PROXY": "*",
            "PYTHONIOENCODING": "utf-8",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", example[1], env=environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()

    lines = printed.decode().splitlines()
    assert process.returncode == 0
    assert f"{account.name} {account.balance}" in lines
    assert len(lines) > 100
