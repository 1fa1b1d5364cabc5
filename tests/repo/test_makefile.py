"""The Makefile explains itself, and the guide for contributors knows all of it."""

import os
import re
import subprocess

from tests.repo.checkout import ROOT, read

TARGET = re.compile(r"^([a-z][a-z-]*):(?:[^=].*?)?(?:## (.+))?$", re.MULTILINE)
# Steps of the targets; nobody calls them by name.
INNER = {"install-run", "install-dev"}


def targets() -> dict[str, str]:
    return {name: words for name, words in TARGET.findall(read("Makefile")) if name not in INNER}


def test_every_target_has_its_sentence_and_make_prints_them() -> None:
    printed = subprocess.run(
        ["make"], cwd=ROOT, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout

    assert {"demo", "test", "check", "bench", "lock", "clean", "format"} <= set(targets())
    for name, words in targets().items():
        assert words, name
        assert re.search(rf"^ +{name} +{re.escape(words)}$", printed, re.MULTILINE), name


def test_every_target_is_in_the_guide_for_contributors() -> None:
    guide = read("CONTRIBUTING.md")

    missing = [name for name in targets() if f"make {name}" not in guide and name != "help"]

    assert missing == []


def test_the_commands_of_the_readme_are_targets() -> None:
    called = set(re.findall(r"^make ([a-z-]+)", read("README.md"), re.MULTILINE))

    assert {"demo", "test"} <= called <= set(targets())


def test_programs_can_be_started() -> None:
    programs = [".ci/run", "scripts/find-python", "scripts/find-chromium"]

    assert all(os.access(ROOT / name, os.X_OK) for name in programs)
