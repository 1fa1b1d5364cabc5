"""The official Node clients run against the simulator as they are published."""

import json
from typing import Any

import pytest

from tests.contract.node_sdk.installing import VERSIONS, run
from tests.contract.simulator.driver import driving

# Installing takes the network's time; a tour is hundreds of calls on a machine that may be busy.
pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_method_of_the_client_works(clients: dict[str, str], version: str) -> None:
    async with driving(bank_delay=0.05, requests_per_minute=None) as driver:
        env = {
            "PLUGGY_API_URL": driver.simulator.url,
            "CLIENT_ID": driver.simulator.settings.client_id,
            "CLIENT_SECRET": driver.simulator.settings.client_secret,
        }
        code, out, err = await run("node", "every_method.mjs", clients[version], env=env)
        asked = [(one.method, one.status) for one in driver.simulator.world.recorder.log]

    assert code == 0, err
    report: dict[str, Any] = json.loads(out)
    for part in report.values():
        assert sorted(part["called"]) == sorted(part["methods"])
    least = {"0.77.0": 33 + 38, "0.90.0": 36 + 43}[version]
    assert sum(len(part["called"]) for part in report.values()) == least
    # The client takes nothing but 200 for a change, whatever the document says.
    assert {status for method, status in asked if method != "GET"} == {200, 400}
