"""Counting what went through in windows of time."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence


def counts(times: Sequence[float], seconds: float) -> Iterator[int]:
    """Count, from each of the sorted *times* on, how many lie in a window of *seconds*."""
    for place, start in enumerate(times):
        yield bisect_left(times, start + seconds) - place


def fullest(times: Sequence[float], seconds: float) -> int:
    """Find the most that lie in any window of *seconds*."""
    return max(counts(sorted(times), seconds), default=0)
