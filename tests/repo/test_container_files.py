"""The container files say what can be built from this checkout, and nobody runs as root in them."""

import json
import re
from fnmatch import fnmatch

import pytest

from tests.repo.checkout import ROOT, read

FILES = sorted(f"deploy/{path.name}" for path in (ROOT / "deploy").glob("*Dockerfile"))


def _steps(name: str) -> list[tuple[str, str]]:
    """Read the instructions of a container file, each in one line."""
    text = re.sub(r"^#.*\n", "", read(name), flags=re.MULTILINE).replace("\\\n", " ")
    return [(found[1], found[2]) for found in re.finditer(r"^([A-Z]+) +(.+)$", text, re.MULTILINE)]


def _is_sent(path: str) -> bool:
    """Tell whether *path* gets past .dockerignore, whose later lines win."""
    sent = True
    for line in read(".dockerignore").split():
        pattern = line.removeprefix("!")
        if fnmatch(path, pattern) or path.startswith(f"{pattern}/"):
            sent = line.startswith("!")
    return sent


@pytest.mark.parametrize("name", FILES)
def test_what_runs_is_not_root(name: str) -> None:
    last = _steps(name)[
        max(place for place, step in enumerate(_steps(name)) if step[0] == "FROM") :
    ]

    users = [value for word, value in last if word == "USER"]

    assert users
    assert users[-1].split(":")[0] not in {"root", "0"}


@pytest.mark.parametrize("name", FILES)
def test_all_that_is_copied_is_there_and_sent(name: str) -> None:
    copied = [
        path
        for word, value in _steps(name)
        if word == "COPY" and "--from=" not in value
        for path in value.split()[:-1]
    ]

    assert copied
    assert [path for path in copied if not (ROOT / path).exists() or not _is_sent(path)] == []


@pytest.mark.parametrize("name", FILES)
def test_base_images_are_named_with_their_version(name: str) -> None:
    images = [value.split()[0] for word, value in _steps(name) if word == "FROM"]

    assert [image for image in images if not re.search(r":\d", image)] == []


def test_the_simulators_command_is_one_it_knows() -> None:
    command = json.loads(dict(_steps("deploy/simulator.Dockerfile"))["ENTRYPOINT"])
    options = {word for word in command if word.startswith("--")}

    known = read("src/tomada/cli/simulate.py")

    assert command[0].endswith("/tomada")
    assert command[1] == "simulate"
    assert [one for one in options if f"    {one[2:].replace('-', '_')}: " not in known] == []
