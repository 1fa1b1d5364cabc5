"""The example of a Node project runs as it stands in the repository, CI script and all."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.node_sdk.installing import HERE

EXAMPLE = HERE.parents[2] / "examples" / "node"


@pytest.mark.timeout(400)
def test_a_node_project_tests_itself_against_the_simulator(
    clients: dict[str, str], tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLE, project)
    packages = project / "node_modules"
    packages.mkdir()
    (packages / "pluggy-sdk").symlink_to(HERE / "node_modules" / clients["0.90.0"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # `tomada` is found the way an installed program is.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))

    done = subprocess.run(
        ["./ci.sh"],
        cwd=project,
        env=os.environ | {"PATH": path, "PORT": str(port), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "pass 1" in done.stdout
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))
