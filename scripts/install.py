"""Make `.venv` what a hashed lock says, and nothing when it already is.

Run as `install.py run` (to run Tomada) or `install.py dev` (to work on it) by any Python 3.11 or
newer. Everything comes as a wheel that the lock names by its hash; the project itself goes in
editable, built by the locked build tools. What was installed is written down as a digest, so a
second call costs one comparison, and a call that was interrupted is done again.
"""

import fcntl
import hashlib
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def digest(kind: str) -> str:
    """Name what `.venv` must hold: the place, the lock, and the metadata the entry points need.

    The place counts because a virtual environment that was moved has wrong paths in its scripts.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        str(ROOT),
        (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8"),
        repr([project["build-system"], project["project"], project["tool"]["hatch"]]),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def stamp(kind: str) -> Path:
    """Where the digest of the last complete installation of *kind* is written."""
    return VENV / f".installed-{kind}"


def installed(kind: str) -> bool:
    """Tell whether the last installation of *kind* was complete and is still the right one."""
    try:
        return stamp(kind).read_text(encoding="utf-8") == digest(kind) and runs()
    except FileNotFoundError:
        return False


def runs() -> bool:
    """Tell whether `.venv` has a Python that starts; one from a removed Python does not."""
    try:
        done = subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def alone() -> Iterator[None]:
    """Let one installation go on at a time; the lock ends with the process, however it ends."""
    with (ROOT / "pyproject.toml").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def pip(*arguments: str) -> None:
    """Run the environment's pip; on failure its own words are the message."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--no-input", *arguments], check=False)
    if done.returncode:
        sys.exit(f"Installing into {VENV} failed; pip's words stand above.")


def install(kind: str) -> None:
    """Bring `.venv` to the lock of *kind*."""
    if not runs():
        print("Making .venv …", flush=True)
        venv.create(VENV, with_pip=True, clear=True, symlinks=True)
    print(f"Installing from requirements/{kind}.txt (a minute the first time) …", flush=True)
    lock = str(ROOT / "requirements" / f"{kind}.txt")
    pip("--require-hashes", "--only-binary", ":all:", "--requirement", lock)
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    # The locks agree with each other (`make lock`), so the larger one contains the smaller one.
    for done in ("run", "dev") if kind == "dev" else ("run",):
        stamp(done).write_text(digest(done), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Install one kind, unless it is there."""
    match arguments:
        case [("run" | "dev") as kind]:
            pass
        case _:
            sys.exit("usage: install.py run|dev")
    if not installed(kind):
        with alone():
            if not installed(kind):
                install(kind)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next call goes on.")
