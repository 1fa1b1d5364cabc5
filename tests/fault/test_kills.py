"""Whatever is killed, nothing is lost, nothing is there twice, and the ledger ends up equal."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.fault.cluster import start
from tests.fault.kills import BATCH, site

KILLS = int(os.environ.get("TOMADA_TEST_KILLS", "60"))
SEED = int(os.environ.get("TOMADA_TEST_SEED", "20261126"))


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_after_any_kill_the_ledger_equals_what_pluggy_holds(tmp_path: Path) -> None:
    server = await start(tmp_path, durable=True)
    try:
        async with asyncio.timeout(800), site(server, tmp_path, seed=SEED) as one:
            while one.kills.total() < KILLS:
                await one.batch(min(BATCH, KILLS))

        print(dict(one.kills), f"slowest {one.slowest:.1f} s")  # noqa: T201  (the figures)
    finally:
        server.membership.leave()
    assert {"web", "worker", "backend"} <= one.kills.keys()
