"""The first command of a new user finds a Python, or says in one sentence what is missing."""

import subprocess
from pathlib import Path

import pytest

from tests.repo.checkout import ROOT

DEBIAN = 'ID=debian\nVERSION_ID="12"\n'
FEDORA = "ID=fedora\n"
NOTHING_KNOWN = "ID=plan9\n"


def a_python(folder: Path, name: str, answer: str) -> Path:
    """Put a command into *folder* that gives the answer a Python of that kind gives."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def find(folder: Path, *, system: str = DEBIAN, **environment: str) -> tuple[int, str, str]:
    """Run the search where *folder* holds the only commands there are."""
    release = folder / "os-release"
    release.write_text(system, encoding="utf-8")
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "find-python"],
        env={"PATH": str(folder), "OS_RELEASE": str(release), **environment},
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout.strip(), done.stderr


def test_a_suitable_python_is_found_behind_unsuitable_ones(tmp_path: Path) -> None:
    a_python(tmp_path, "python3", "echo old 3.9")
    a_python(tmp_path, "python3.13", "exit 127")
    a_python(tmp_path, "python3.12", "echo bare 3.12")
    a_python(tmp_path, "python3.11", "echo ok /opt/python3.11")

    code, found, _ = find(tmp_path)

    assert (code, found) == (0, "/opt/python3.11")


def test_the_python_asked_for_is_the_only_one_looked_at(tmp_path: Path) -> None:
    a_python(tmp_path, "python3", "echo ok /opt/python3")
    old = a_python(tmp_path, "python3.9", "echo old 3.9")

    code, found, said = find(tmp_path, PYTHON=str(old))

    assert (code, found) == (1, "")
    assert f"PYTHON={old} is not a Python 3.11 or newer" in said
    assert "is 3.9" in said


@pytest.mark.parametrize(
    ("system", "words"),
    [
        (DEBIAN, "install it with: sudo apt install python3.11-venv"),
        (FEDORA, "install it with: sudo dnf install python3-libs"),
        (NOTHING_KNOWN, "install the package that brings venv and ensurepip"),
    ],
)
def test_a_python_without_venv_names_the_one_package(
    tmp_path: Path, system: str, words: str
) -> None:
    a_python(tmp_path, "python3", "echo bare 3.11")

    code, _, said = find(tmp_path, system=system)

    assert code == 1
    assert words in said


@pytest.mark.parametrize(
    ("system", "words"),
    [(DEBIAN, "sudo apt install python3"), (NOTHING_KNOWN, "Install it, or name one")],
)
def test_no_python_at_all_says_what_to_install(tmp_path: Path, system: str, words: str) -> None:
    a_python(tmp_path, "python3", "echo old 3.8")

    code, _, said = find(tmp_path, system=system)

    assert code == 1
    assert "needs Python 3.11 or newer and found none. (python3 is 3.8)" in said
    assert words in said
