"""On thousands of invented statement cycles no two movements are made one."""

import os

from tests.property.identity.cycles import cycle
from tests.property.identity.judging import Score, judge

CYCLES = int(os.environ.get("TOMADA_CORPUS_CYCLES", "150"))


def test_no_two_movements_are_merged_and_most_are_followed() -> None:
    score = Score()

    for seed in range(CYCLES):
        judge(cycle(seed), score)

    right, linked = score.precision
    followed, moved = score.recall
    assert (score.wrong, linked - right) == ({}, 0), score.examples[:3]
    assert moved > CYCLES * 10
    # More than half of them the rules leave alone: equal rows that nothing tells apart for sure.
    assert followed * 5 >= moved * 2, (followed, moved)
    assert (score.notes_kept + score.notes_suggested) * 100 >= score.notes * 97
