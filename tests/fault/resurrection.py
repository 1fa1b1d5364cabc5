"""Put old defects back, one at a time, and see that the named test turns red.

A mutant is a patch in ``mutants/``; ``mutants/table.toml`` says what it puts back and which test
kills it. It is applied to a copy of the sources that stands first on the path of the killer. As a
program (`make mutants`) it tries all of them, or those whose names are given.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MUTANTS = Path(__file__).with_name("mutants")
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect and the test that must see it."""

    name: str
    puts_back: str
    killer: str

    @property
    def patch(self) -> Path:
        """The defect."""
        return MUTANTS / f"{self.name}.patch"


def mutants() -> list[Mutant]:
    """Read the table."""
    table = tomllib.loads((MUTANTS / "table.toml").read_text("utf-8"))
    return [Mutant(name, **words) for name, words in table.items()]


def tried(mutant: Mutant) -> str | None:
    """Apply and run; None where it was killed, else what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        applied = subprocess.run(
            ["git", "apply", "-p1", "--unidiff-zero", str(mutant.patch)],
            cwd=copy, capture_output=True, text=True, check=False,
            # Not inside of a repository, so that the patch is for these files.
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(copy.parent)},
        )  # fmt: skip
        if applied.returncode != 0:
            return f"does not apply: {applied.stderr.strip()}"
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider",
             mutant.killer],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=_SECONDS,
            env={**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1",
                 "TOMADA_MUTANT": str(copy / "src")},
        )  # fmt: skip
    # 1 is a test that failed; anything else is a killer that did not run.
    if run.returncode == 1 and "ImportError" not in run.stdout:
        return None
    return f"survives {mutant.killer} ({run.returncode}):\n{run.stdout[-1500:]}"


def main() -> int:
    """Try all, or those named."""
    chosen = [one for one in mutants() if not sys.argv[1:] or one.name in sys.argv[1:]]
    wrong = 0
    for one in chosen:
        began = time.monotonic()
        found = tried(one)
        wrong += found is not None
        print(f"{one.name}: {found or 'killed'} ({time.monotonic() - began:.0f} s)", flush=True)  # noqa: T201
    print(f"{len(chosen) - wrong} of {len(chosen)} killed")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
