"""The pauses of a run that failed."""

import random

import pytest

from tomada.services.backoff import TRIES, Backoff


def test_each_pause_is_drawn_between_nothing_and_twice_the_one_before_up_to_five_minutes() -> None:
    pauses = [Backoff(random.Random(n)).pause(f) for f in range(TRIES) for n in range(300)]
    drawn = [random.Random(n).uniform(0, min(2**f, 300)) for f in range(TRIES) for n in range(300)]

    assert [one.total_seconds() for one in pauses] == pytest.approx(drawn, abs=1e-6)
    assert max(pauses).total_seconds() <= 300
    assert max(pauses).total_seconds() > 290


def test_many_that_failed_together_do_not_come_back_together() -> None:
    backoff = Backoff(random.Random(1))

    pauses = {backoff.pause(5) for _ in range(50)}

    assert len(pauses) == 50


@pytest.mark.parametrize(("asked", "least"), [(37, 37), (10_000, 300), (None, 0)])
def test_no_pause_is_shorter_than_the_server_asked(asked: int | None, least: int) -> None:
    backoff = Backoff(random.Random(3))

    pauses = [backoff.pause(0, asked=asked).total_seconds() for _ in range(50)]

    assert all(least <= one <= least + 1 for one in pauses)
