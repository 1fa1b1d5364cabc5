"""Dates, amounts and the ledger do not depend on the zone of the machine the process runs on.

Each zone is a process of its own: what is read once at import is read in that zone too.
"""

import os
import subprocess
import sys

import pytest

from tests.repo.checkout import ROOT

ZONES = ("UTC", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Kiritimati")
SUITES = (
    "tests/property/dates/test_date_properties.py",
    "tests/property/money",
    "tests/property/normalise/test_sign_properties.py",
    "tests/property/normalise/test_sign_table.py",
    "tests/property/ledger",
    "tests/unit/services",
    "tests/unit/domain",
    "tests/unit/web/test_ledger_shapes.py",
)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_dates_money_and_ledger_pass_in_a_process_of_this_zone(zone: str) -> None:
    program = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    # The session's own pytest hands variables down that would make this a worker of it.
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}

    ended = subprocess.run(
        [*program, "--hypothesis-profile=few", *SUITES],
        cwd=ROOT,
        env={**kept, "TZ": zone},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout[-4000:]
    assert " passed" in ended.stdout
