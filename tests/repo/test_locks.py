"""Nothing is installed that the locks do not name by its hash."""

import pytest

from scripts.lock import addresses
from tests.repo.checkout import read
from tests.repo.locks import disagreements, loose, pins

GOOD = f"anyio==4.16.0 ; sys_platform != 'win32' \\\n    --hash=sha256:{'0' * 64}\n    # via x\n"


@pytest.mark.parametrize("name", ["requirements/run.txt", "requirements/dev.txt"])
def test_a_lock_holds_pins_with_hashes_and_no_address(name: str) -> None:
    text = read(name)

    complaints = list(loose(name, text))

    assert complaints == []
    assert addresses(text) == []
    assert len(pins(text)) > 40


def test_the_two_locks_agree() -> None:
    complaints = list(disagreements(read("requirements/run.txt"), read("requirements/dev.txt")))

    assert complaints == []


@pytest.mark.parametrize(
    "text",
    [
        "anyio==4.16.0\n",
        f"anyio==4.16.0\n{GOOD}",
        f"anyio>=4\n{GOOD}",
        f"-e .\n{GOOD}",
        f"--index-url somewhere\n{GOOD}",
        f"anyio @ git+ssh://example/anyio\n{GOOD}",
    ],
)
def test_a_loose_line_is_found(text: str) -> None:
    assert list(loose("sample.txt", text))


@pytest.mark.parametrize(
    "line", ["--index-url https://a.example/simple", "-f dir", "a @ file:///a"]
)
def test_an_address_in_a_lock_is_found(line: str) -> None:
    assert addresses(GOOD) == []

    assert addresses(GOOD + line) == [line]


def test_a_version_that_differs_between_the_locks_is_found() -> None:
    other = GOOD.replace("4.16.0", "4.15.0")

    assert len(list(disagreements(GOOD, other))) == 1
    assert len(list(disagreements(GOOD, ""))) == 1
