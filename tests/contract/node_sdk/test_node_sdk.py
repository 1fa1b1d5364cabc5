"""The official Node clients run against the simulator as they are published."""

import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contract.simulator.driver import driving

HERE = Path(__file__).parent
VERSIONS = {"0.77.0": "pluggy-sdk-0-77", "0.90.0": "pluggy-sdk-0-90"}
# Installing takes the network's time; a tour is hundreds of calls on a machine that may be busy.
pytestmark = pytest.mark.timeout(400)


async def _run(*command: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=HERE,
        env=os.environ | (env or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def _installed() -> dict[str, str]:
    """Read which versions are in place."""
    found = {}
    for name in VERSIONS.values():
        manifest = HERE / "node_modules" / name / "package.json"
        if manifest.exists():
            found[name] = json.loads(manifest.read_text())["version"]
    return found


@pytest.fixture(scope="module")
def clients() -> dict[str, str]:
    """Install both versions as the lock has them, once."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node or npm is missing: the official Node clients were not run")
    if _installed() != {name: version for version, name in VERSIONS.items()}:
        code, out, err = asyncio.run(_run("npm", "ci", "--ignore-scripts"))
        if code != 0 and "CI" not in os.environ:
            pytest.skip(f"npm ci failed, so the official Node clients were not run: {err[-300:]}")
        assert code == 0, out + err
    return VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_method_of_the_client_works(clients: dict[str, str], version: str) -> None:
    async with driving(bank_delay=0.05, requests_per_minute=None) as driver:
        env = {
            "PLUGGY_API_URL": driver.simulator.url,
            "CLIENT_ID": driver.simulator.settings.client_id,
            "CLIENT_SECRET": driver.simulator.settings.client_secret,
        }
        code, out, err = await _run("node", "every_method.mjs", clients[version], env=env)
        asked = [(one.method, one.status) for one in driver.simulator.world.recorder.log]

    assert code == 0, err
    report: dict[str, Any] = json.loads(out)
    for part in report.values():
        assert sorted(part["called"]) == sorted(part["methods"])
    least = {"0.77.0": 33 + 38, "0.90.0": 36 + 43}[version]
    assert sum(len(part["called"]) for part in report.values()) == least
    # The client takes nothing but 200 for a change, whatever the document says.
    assert {status for method, status in asked if method != "GET"} == {200, 400}
