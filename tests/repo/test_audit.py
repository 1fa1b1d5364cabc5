"""What `make check` asks the registry, and what it makes of the answers."""

import datetime as dt

import pytest

from scripts.audit import EXCEPTIONS, LOCK, lapsed, weaknesses, young
from tests.repo.checkout import read
from tests.repo.locks import pins

TODAY = dt.date(2026, 12, 1)
WEAK = {
    "name": "anyio", "version": "4.1", "vulns": [
        {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["4.2"]}
    ],
}  # fmt: skip


def test_the_files_it_reads_are_there() -> None:
    assert EXCEPTIONS.is_file()
    assert len(pins(LOCK.read_text("utf-8"))) >= len(pins(read("requirements/run.txt")))


@pytest.mark.parametrize("passed", ["PYSEC-1", "CVE-1"])
def test_a_known_weakness_is_told_until_it_is_let_pass(passed: str) -> None:
    report = {"dependencies": [WEAK, {"name": "yarl", "skip_reason": "not found"}]}

    known, unasked = weaknesses(report, {})

    assert known == ["anyio 4.1: PYSEC-1, mended in 4.2"]
    assert unasked == ["yarl"]
    assert weaknesses(report, {"advisories": {passed: {}}})[0] == []


def test_a_young_release_is_told_until_that_version_is_let_pass() -> None:
    words = "Because there is no version of anyio==4.1 and you require anyio==4.1, we can conclude"

    assert young(words, {}) == "anyio 4.1: under a week old"
    assert young(words, {"young": {"anyio": {"version": "4.0"}}}) is not None
    assert young(words, {"young": {"anyio": {"version": "4.1"}}}) is None
    assert young("error: failed to fetch: no route to host", {}) is None


@pytest.mark.parametrize(
    "words",
    [
        {"reason": "never called", "until": dt.date(2026, 11, 30)},
        {"reason": "never called"},
        {"until": TODAY},
    ],
)
def test_an_exception_has_a_reason_and_a_last_day(words: dict[str, object]) -> None:
    good = {"advisories": {"PYSEC-1": {"reason": "never called", "until": TODAY}}}

    assert not list(lapsed(good, TODAY))
    assert list(lapsed({"advisories": {"PYSEC-1": words}}, TODAY))
