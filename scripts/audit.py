"""Ask about every pin of the locks whether a weakness is known, and whether it is a week old.

Both questions need the registry. Without it the answer is a line that says what was not asked and
why, and not a failure: work goes on without a network. What `requirements/exceptions.toml` lets
pass is let pass until the day that stands there.
"""

import datetime as dt
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "dev.txt"
EXCEPTIONS = ROOT / "requirements" / "exceptions.toml"
YOUNG = re.compile(r"no version of ([A-Za-z0-9._-]+)==([^\s,]+)")
_SECONDS = 120

Exceptions = Mapping[str, Mapping[str, Mapping[str, Any]]]


def lapsed(exceptions: Exceptions, today: dt.date) -> Iterator[str]:
    """Complain about exceptions without a reason, and about those whose last day is over."""
    for kind, reason in (("advisories", "reason"), ("young", "advisory")):
        for name, words in exceptions.get(kind, {}).items():
            until = words.get("until")
            if not words.get(reason) or not isinstance(until, dt.date):
                yield f"{kind}.{name}: needs {reason} and until"
            elif until < today:
                yield f"{kind}.{name}: let pass until {until}, which is over"


def weaknesses(report: Mapping[str, Any], exceptions: Exceptions) -> tuple[list[str], list[str]]:
    """Read pip-audit's report: what is known and not let pass, and who could not be asked about."""
    passed = set(exceptions.get("advisories", {}))
    known, unasked = [], []
    for one in report["dependencies"]:
        if "skip_reason" in one:
            unasked.append(one["name"])
        for found in one.get("vulns", ()):
            if not passed & {found["id"], *found.get("aliases", ())}:
                mended = ", ".join(found.get("fix_versions", ())) or "not yet"
                known.append(f"{one['name']} {one['version']}: {found['id']}, mended in {mended}")
    return known, unasked


def ask_for_weaknesses(exceptions: Exceptions) -> list[str]:
    """Ask, print what could not be asked, give the complaints."""
    done = _run(
        "pip-audit", "--no-deps", "--disable-pip", "--requirement", str(LOCK), "--format", "json",
        "--progress-spinner", "off", "--timeout", "5",
    )  # fmt: skip
    try:
        report = json.loads(done.stdout)
    except ValueError:
        _skipped("known weaknesses", _last_line(done.stderr))
        return []
    known, unasked = weaknesses(report, exceptions)
    if unasked:
        asked = len(report["dependencies"])
        _skipped(
            f"known weaknesses of {len(unasked)} of {asked} packages",
            "the registry does not answer about them",
        )
    return known


def young(words: str, exceptions: Exceptions) -> str | None:
    """Read the resolver's complaint: the pin that is younger than a week and not let pass."""
    found = YOUNG.search(words)
    if found is None:
        return None
    passed = exceptions.get("young", {}).get(found[1], {})
    return None if passed.get("version") == found[2] else f"{found[1]} {found[2]}: under a week old"


def ask_for_ages(exceptions: Exceptions) -> list[str]:
    """Let the resolver find the pins again among what is older than a week."""
    passed = exceptions.get("young", {})
    pins = [
        line.rstrip("\\ ")
        for line in LOCK.read_text("utf-8").splitlines()
        if re.match(r"[A-Za-z0-9]", line) and line.partition("==")[0] not in passed
    ]
    done = _run(
        "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--no-deps",
        "--exclude-newer", "7 days", "-", stdin="\n".join(pins),
    )  # fmt: skip
    if done.returncode == 0:
        return []
    complaint = young(done.stderr, exceptions)
    if complaint is None:
        _skipped("ages of the pins", _last_line(done.stderr))
        return []
    return [complaint]


def _run(program: str, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    path = Path(sysconfig.get_path("scripts")) / program
    try:
        return subprocess.run(
            [str(path), *words], cwd=ROOT, input=stdin, capture_output=True, text=True,
            check=False, timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", f"no answer in {_SECONDS} s")


def _skipped(what: str, why: str) -> None:
    print(f"SKIPPED {what}: {why}", flush=True)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no words were said"


def main() -> int:
    """Ask both questions; 1 where something is wrong."""
    exceptions = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    complaints = [
        *lapsed(exceptions, dt.datetime.now(tz=dt.UTC).date()),
        *ask_for_ages(exceptions),
        *ask_for_weaknesses(exceptions),
    ]
    for one in complaints:
        print(one)
    if not complaints:
        print("Nothing is known against a pin.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
