"""Put the official Node clients in place, as the lock has them."""

import asyncio
import json
import os
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
VERSIONS = {"0.77.0": "pluggy-sdk-0-77", "0.90.0": "pluggy-sdk-0-90"}


async def run(*command: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run a command beside the packages; give its code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=HERE,
        env=os.environ | (env or {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def install() -> dict[str, str]:
    """Give the packages by version; a machine without them skips, a CI fails."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node or npm is missing: the official Node clients were not run")
    if _installed() != {name: version for version, name in VERSIONS.items()}:
        code, out, err = asyncio.run(run("npm", "ci", "--ignore-scripts"))
        if code != 0 and "CI" not in os.environ:
            pytest.skip(f"npm ci failed, so the official Node clients were not run: {err[-300:]}")
        assert code == 0, out + err
    return VERSIONS


def _installed() -> dict[str, str]:
    """Read which versions are in place."""
    found = {}
    for name in VERSIONS.values():
        manifest = HERE / "node_modules" / name / "package.json"
        if manifest.exists():
            found[name] = json.loads(manifest.read_text())["version"]
    return found
