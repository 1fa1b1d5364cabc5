"""Strict checkers, run in a project of its own, accept right uses of the client and refuse wrong ones."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CONSUMER = Path(__file__).parent / "consumer"

WRONG = """\
from tomada.pluggy import PluggyClient, Transaction, errors

pluggy = PluggyClient(client_id="a")
other = PluggyClient(client_id="a", client_secret="b", patience=3)


async def use(client: PluggyClient, movement: Transaction) -> None:
    rate: float = movement.amount
    movement.amount = movement.amount
    print(movement.merchant.name)
    print(movement.colour)
    await client.get_item(7)
    await client.list_accounts("i", "BANK", "CREDIT")
    for row in client.transactions("a"):
        print(row)
    client.transactions("a", date_from="2026-01-01")
    await client.create_connect_token(options={"clientUserId": "x"})
    print(rate, errors.Missing)
"""
# Every line of a mistake; the `for` without `async` is one, what it prints is not.
MISTAKES = {3, 4, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is no part of this checkout and has nothing but the installed client."""
    copied = tmp_path / "project"
    shutil.copytree(CONSUMER, copied, ignore=shutil.ignore_patterns("__pycache__"))
    strict = {"typeCheckingMode": "strict", "pythonVersion": "3.11"}
    (copied / "pyrightconfig.json").write_text(json.dumps(strict), encoding="utf-8")
    return copied


def _run(project: Path, *command: str) -> tuple[int, str]:
    environment = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _mypy(project: Path) -> tuple[int, str]:
    return _run(
        project, sys.executable, "-m", "mypy", "--strict", "--config-file=",
        "--cache-dir=.cache", "--python-version=3.11", ".",
    )  # fmt: skip


def _pyright(project: Path) -> tuple[int, str]:
    checker = str(Path(sys.executable).parent / "basedpyright")
    return _run(project, checker, "--pythonpath", sys.executable, "--project", ".")


CHECKERS = {"mypy": _mypy, "pyright": _pyright}


def _lines(printed: str, name: str) -> Iterator[int]:
    """Find the lines of *name* with an error, in the form of either checker."""
    pattern = rf"{re.escape(name)}:(\d+)(?::\d+)?(?: -|:) error"
    return (int(line) for line in re.findall(pattern, printed))


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_strict_checker_accepts_a_program_that_uses_the_client(
    checker: str, project: Path
) -> None:
    code, printed = CHECKERS[checker](project)

    assert code == 0, printed


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_strict_checker_finds_each_wrong_use(checker: str, project: Path) -> None:
    (project / "wrong.py").write_text(WRONG, encoding="utf-8")

    code, printed = CHECKERS[checker](project)

    assert code == 1
    assert set(_lines(printed, "wrong.py")) >= MISTAKES, printed
    assert set(_lines(printed, "ledger.py")) == set()
