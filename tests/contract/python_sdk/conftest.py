"""An interpreter with Pluggy's Python SDK, installed by hash into an environment of its own."""

import fcntl
import hashlib
import os
import subprocess
import venv
from pathlib import Path

import pytest

LOCK = Path(__file__).parent / "requirements.txt"
WHY_NOT = "Pluggy's Python SDK cannot be installed here, so it is not tested: "


@pytest.fixture(scope="session")
def sdk_python(pytestconfig: pytest.Config) -> Path:
    """Give the interpreter; it is kept between runs until the lock changes."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    place = pytestconfig.cache.mkdir(f"python-sdk-{digest}")
    python = place / "venv" / "bin" / "python"
    done = place / "installed"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            venv.create(place / "venv", with_pip=True, clear=True)
            _install(python)
            done.touch()
    return python


def _install(python: Path) -> None:
    command: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    safe: list[str | Path] = [
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--no-deps",
        "--requirement",
        LOCK,
    ]
    try:
        subprocess.run([*command, *safe], check=True, capture_output=True, text=True, timeout=100)
    except subprocess.CalledProcessError as failure:
        if "CI" in os.environ:
            raise
        pytest.skip(WHY_NOT + failure.stderr.strip()[-300:])
    except subprocess.TimeoutExpired:
        pytest.skip(f"{WHY_NOT}the package registry did not answer in time")
