# ruff: noqa: T201  (a program, which prints)
"""The long campaign: histories and kills for as long as told, counted in ``results.json``.

    make soak ARGS="--minutes 30 --only histories --steps 500 --seed 7"

It goes on where the last one ended: each round takes the next seeds, and its figures are in the
file before the next begins, so that it may be stopped at any time. A round that fails is printed,
is counted under ``failed``, and ends the campaign with status 1.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from tests.fault.cluster import start
from tests.fault.kills import BATCH, site
from tests.fault.machine import Stage, campaign, machine_on

RESULTS = Path(__file__).with_name("results.json")
FAMILIES = [*(f"P{n:02}" for n in range(1, 19)), "L01", "L04"]
# Histories of one round, which share a seed of the file.
ROUND = 5
_KILL_BATCHES = 5


@contextlib.contextmanager
def results() -> Iterator[dict[str, Any]]:
    """Open the file for one change; several campaigns may go on at once."""
    with RESULTS.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        content = file.read()
        found: dict[str, Any] = json.loads(content) if content else {"next_seed": 1, "runs": []}
        yield found
        found["totals"] = _totals(found["runs"])
        file.seek(0)
        file.truncate()
        file.write(json.dumps(found, indent=1) + "\n")


def _totals(runs: list[dict[str, Any]]) -> dict[str, Any]:
    fired: Counter[str] = Counter()
    for run in runs:
        fired.update(run.get("fired", {}))
    sums = ("histories", "steps", "kills", "killed_inside", "compared", "failed")
    worst = ("slowest_seconds", "slowest_by_sweep_hours", "slowest_after_kill_seconds")
    return {
        **{name: sum(run.get(name, 0) for run in runs) for name in sums},
        **{name: max((run.get(name, 0) for run in runs), default=0) for name in worst},
        "fired": {name: fired[name] for name in FAMILIES},
    }


def _commit() -> str:
    """Name the commit under test; the results beside it are no part of it."""

    def git(*asked: str) -> str:
        return subprocess.run(
            ["git", *asked], capture_output=True, text=True, check=True
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", ".", ":!tests/fault/results.json")
    return git("rev-parse", "--short=10", "HEAD") + ("-dirty" if changed else "")


def _note(figures: dict[str, Any]) -> None:
    """Add one round to the run of this commit."""
    commit = figures.pop("commit")
    with results() as found:
        runs = found["runs"]
        run = next((one for one in runs if one["commit"] == commit), None)
        if run is None:
            run = {"commit": commit, "seeds": []}
            runs.append(run)
        for name, value in figures.items():
            if name == "seeds":
                run["seeds"] += value
            elif name == "fired":
                run["fired"] = dict(Counter(run.get("fired", {})) + Counter(value))
            elif name.startswith("slowest"):
                run[name] = max(run.get(name, 0), value)
            else:
                run[name] = run.get(name, 0) + value


def _seed(wished: int | None) -> int:
    with results() as found:
        taken: int = found["next_seed"] if wished is None else wished
        found["next_seed"] = max(found["next_seed"], taken + 1)
    return taken


def _histories(number: int, steps: int, commit: str) -> None:
    with Stage.opened() as stage:
        stage.seed = number
        failed = 1
        try:
            machine = seeded(number)(machine_on(stage))
            run_state_machine_as_test(machine, settings=campaign(ROUND, steps))
            failed = 0
        finally:
            tally = stage.tally
            _note({
                "commit": commit, "seeds": [f"histories-{number}"], "histories": tally.histories,
                "steps": tally.steps, "killed_inside": tally.kills, "compared": tally.compared,
                "fired": dict(tally.fired), "failed": failed,
                "slowest_seconds": round(tally.slowest.total_seconds(), 1),
                "slowest_by_sweep_hours": round(tally.slowest_by_sweep / timedelta(hours=1), 1),
            })  # fmt: skip


async def _kills(number: int, commit: str, until: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = await start(Path(folder), durable=True)
        try:
            async with site(server, Path(folder), seed=number) as one:
                failed, batches = 1, 0
                try:
                    while batches < _KILL_BATCHES and (batches == 0 or time.monotonic() < until):
                        await one.batch(BATCH)
                        batches += 1
                    failed = 0
                finally:
                    _note({
                        "commit": commit, "seeds": [f"kills-{number}"], "failed": failed,
                        "kills": one.kills.total(), "compared": one.compared,
                        "slowest_after_kill_seconds": round(one.slowest, 1),
                    })  # fmt: skip
        finally:
            server.membership.leave()


def main() -> int:
    """Go on until the time is up."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, help="repeat one round of the file")
    parser.add_argument("--only", choices=["histories", "kills"])
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    until, commit, rounds = time.monotonic() + given.minutes * 60, _commit(), 0
    kinds = [given.only] if given.only else ["histories", "kills"]
    while time.monotonic() < until and (given.seed is None or rounds < len(kinds)):
        kind, number = kinds[rounds % len(kinds)], _seed(given.seed)
        rounds += 1
        print(f"{kind}, seed {number}", flush=True)
        if kind == "histories":
            _histories(number, given.steps, commit)
        else:
            asyncio.run(_kills(number, commit, until))
    return _report(given.only)


def _report(only: str | None) -> int:
    with results() as found:
        totals = _totals(found["runs"])
    print(json.dumps(totals, indent=1))
    silent = [name for name, fired in totals["fired"].items() if fired == 0]
    if silent and only != "kills":
        print(f"never fired: {', '.join(silent)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
