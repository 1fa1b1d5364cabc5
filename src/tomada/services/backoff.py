"""How long a failed run waits before it is tried again, and when it is tried no more."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

TRIES = 12
"""After so many failures in a row a run waits for somebody to ask, or for the daily reading."""
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double up to five minutes, each drawn between zero and that ("full jitter").

    The jitter keeps the runs of many items, which fail together, from coming back together.
    """

    rng: random.Random = field(default_factory=random.SystemRandom)

    def pause(self, failures: int, *, asked: int | None = None) -> timedelta:
        """Draw the pause after so many earlier *failures*, never before the *asked* seconds."""
        drawn = self.rng.uniform(0, min(2**failures, _LONGEST))
        return timedelta(seconds=min(asked or 0, _LONGEST) + drawn)
