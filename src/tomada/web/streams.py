"""How many streams there may be: five of one user, two thousand in one process."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tomada.domain.ids import UserId

PER_USER = 5
PER_PROCESS = 2_000


class TooManyStreamsError(Exception):
    """There is no room for another stream."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The open streams of this process."""

    _open: Counter[UserId] = field(default_factory=Counter)

    def total(self) -> int:
        """Count them."""
        return self._open.total()

    @contextlib.contextmanager
    def one_of(self, user: UserId) -> Iterator[None]:
        """Hold a place for the length of the block; raises ``TooManyStreamsError``."""
        if self._open[user] >= PER_USER or self._open.total() >= PER_PROCESS:
            raise TooManyStreamsError
        self._open[user] += 1
        try:
            yield
        finally:
            self._open[user] -= 1
            if not self._open[user]:
                del self._open[user]
