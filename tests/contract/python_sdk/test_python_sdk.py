"""Pluggy's Python SDK, unmodified, against the simulator: every method it has.

Its methods are the operations of the published document, so this is also where each of them is
answered at least once, and every answer is held against the document.
"""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contract.python_sdk.witness import witnessed
from tomada.simulator import SimulatorSettings, run_simulator

TOUR = Path(__file__).parent / "tour.py"
SETTINGS = SimulatorSettings(
    # `items_list_by_cursor` is by agreement at the provider.
    list_items=True,
    requests_per_minute=None,
    item_updates_per_minute=None,
    # The tour lets days pass under one key.
    api_key_ttl=timedelta(days=30),
)


@pytest.mark.timeout(300)
async def test_every_method_of_the_python_sdk_works_against_the_simulator(
    sdk_python: Path,
) -> None:
    told, operations, wrong = await _toured(sdk_python)

    assert told["broken"] == []
    assert {name: why for name, why in told["outcomes"].items() if why is not None} == {}
    assert sorted(told["outcomes"]) == told["methods"]
    assert len(told["methods"]) == 88
    assert wrong == []
    assert len(operations) == 88


async def _toured(python: Path) -> tuple[Any, set[str], list[str]]:
    """Give what the tour told, which operations were answered, and what was wrong with answers."""
    async with run_simulator(SETTINGS) as simulator, witnessed(simulator.app) as witness:
        pipe = asyncio.subprocess.PIPE
        keys = (simulator.settings.client_id, simulator.settings.client_secret)
        tour = await asyncio.create_subprocess_exec(
            python, TOUR, witness.url, *keys, stdin=pipe, stdout=pipe, stderr=pipe
        )
        assert tour.stdin is not None
        assert tour.stdout is not None
        assert tour.stderr is not None
        try:
            while (line := await tour.stdout.readline()).startswith(b"days "):
                await simulator.world.clock.advance(days=int(line.split()[1]))
                tour.stdin.write(b"done\n")
            complaint = (await tour.stderr.read()).decode()
            assert await tour.wait() == 0, complaint
        finally:
            if tour.returncode is None:
                tour.kill()
                await tour.wait()
    return json.loads(line), *witness.told()
