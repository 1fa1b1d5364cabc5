"""How many movements the rules of identity follow, and that they never make two of them one.

    python bench/identity.py [--cycles 10000] [--first 0]

Runs the rules over invented statement cycles with known truth (`tests/property/identity`), in as many
processes as there are processors. Prints precision and recall by rule; ends with 1 on a false merge.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.property.identity.cycles import cycle
from tests.property.identity.judging import Score, judge

_BATCH = 50


def _batch(first: int, count: int) -> Score:
    score = Score()
    for seed in range(first, first + count):
        judge(cycle(seed), score)
    return score


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.2f} % ({part} of {whole})" if whole else "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    wish = parser.parse_args()
    total = Score()
    starts = range(wish.first, wish.first + wish.cycles, _BATCH)
    counts = [min(_BATCH, wish.first + wish.cycles - start) for start in starts]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(_batch, starts, counts):
            total.add(one)
    right, linked = total.precision
    followed, moved = total.recall
    print(f"cycles {total.cycles}, movements {total.movements}, new ids {moved}")
    print(f"precision of automatic links: {_percent(right, linked)}")
    print(f"recall of automatic links: {_percent(followed, moved)}")
    for rule, count in total.right.most_common():
        print(f"  {rule}: {count} right, {total.wrong[rule]} wrong")
    kept, asked = total.notes_kept, total.notes_suggested
    print(f"notes that followed by themselves: {_percent(kept, total.notes)}")
    print(f"notes that a suggestion offers to carry over: {_percent(asked, total.notes)}")
    print(f"false merges: {linked - right}")
    return 1 if linked > right else 0


if __name__ == "__main__":
    sys.exit(main())
