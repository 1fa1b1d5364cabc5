"""What the second line of the log costs: a line that is looked through against one that is not.

Prints microseconds a line and the ratio to writing the line as JSON; the goal is 20 µs at most.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.unit.telemetry.samples import FALSE, TRUE, samples
from tomada.telemetry.redaction import redacted

MANY = 20_000


def timed(work: Callable[[str], object], lines: Sequence[str]) -> float:
    began = time.perf_counter()
    for line in lines:
        work(line)
    return (time.perf_counter() - began) / len(lines) * 1e6


def main() -> None:
    for name, kinds in (("with something to black out", TRUE), ("without", FALSE)):
        lines = [line for _, _, line in samples(kinds, MANY)]
        looked, written = timed(redacted, lines), timed(msgspec.json.encode, lines)
        print(f"{name}: {looked:.1f} µs a line, {looked / written:.0f} times writing it as JSON")


if __name__ == "__main__":
    main()
