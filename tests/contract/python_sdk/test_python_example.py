"""The example of a Python project runs as it stands in the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "python"


def test_a_python_project_tests_itself_against_the_simulator(
    sdk_python: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"))
    (packages,) = sdk_python.parents[1].glob("lib/python*/site-packages")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--rootdir", str(project)],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(packages), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
