"""When a failed call is repeated, and after how long.

Nothing is repeated that may have been done already, unless doing it twice is the same as once.
"""

import random
from dataclasses import dataclass
from enum import Enum, auto

from tomada.pluggy.errors import (
    ContractError,
    PluggyError,
    RateLimitedError,
    ServerError,
    TransportError,
)

_PASSING_STATUS = (408, 502, 503, 504)


class Repeat(Enum):
    """What a second execution of a call would do."""

    HARMLESS = auto()
    """Nothing: it reads, or has the same effect once and twice."""

    EFFECT = auto()
    """The effect again: repeated only when the first surely did not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Bounds of repetition.

    *attempts* counts the first one. Delays double from *base* seconds to *longest*, each drawn
    between zero and that ("full jitter"). *patience* is the longest wait a server may ask for:
    past it the error is raised at once.
    """

    attempts: int = 4
    base: float = 0.5
    longest: float = 8.0
    patience: float = 90.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or min(self.base, self.longest, self.patience) < 0:
            raise ValueError("attempts are at least one, and no wait is negative")

    def delay(
        self, error: PluggyError, *, attempt: int, repeat: Repeat, rng: random.Random
    ) -> float | None:
        """Give the wait before the next attempt, or None if *error* is final."""
        if attempt >= self.attempts or not _repeatable(error, repeat):
            return None
        backoff = rng.uniform(0, min(self.longest, self.base * 2 ** (attempt - 1)))
        asked = error.reset if isinstance(error, RateLimitedError) else None
        if asked is None:
            return backoff
        # Never earlier than asked; the jitter keeps many callers from coming back together.
        return asked + backoff if asked <= self.patience else None


def _repeatable(error: PluggyError, repeat: Repeat) -> bool:
    match error:
        case RateLimitedError():
            return True
        case TransportError():
            return error.effect == "none" or repeat is Repeat.HARMLESS
        case ServerError():
            # A gateway's failure has no code; Pluggy's own word with a code is final.
            passing = error.status in _PASSING_STATUS and error.code_description is None
            return passing and repeat is Repeat.HARMLESS
        case ContractError():
            return error.malformed and repeat is Repeat.HARMLESS
        case _:
            return False
