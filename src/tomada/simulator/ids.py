"""Give ids that look random and come from the seed, the clock and a counter.

Under a clock that tests move, the same calls give the same ids. Under the real clock two runs
of one seed never give the same id twice, so a receiver that remembers event ids is not fooled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from tomada.simulator.state import State


def uuid_of(*parts: object) -> str:
    """Name *parts* by a UUID of version 4 shape; equal parts give equal names."""
    digest = blake2b("|".join(map(str, parts)).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


@dataclass(frozen=True, slots=True, repr=False)
class Ids:
    """The id counter of one world."""

    seed: int
    clock: Callable[[], datetime]
    state: State

    def new(self, kind: str) -> str:
        """Give an id nobody has."""
        self.state.ids_given += 1
        return uuid_of(self.seed, kind, self.state.ids_given, self.clock().isoformat())
