"""What we send of our own accord: when a message is tried again, and when an address is given up."""

from datetime import timedelta
from enum import IntEnum
from random import Random

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""Between the tries of one message; the last pause is kept until the address is given up."""

JITTER = 20
"""A pause is drawn so many per cent shorter or longer, so that entities do not come together."""

GIVEN_UP_AFTER = timedelta(days=5)
"""An address that took nothing for so long is sent nothing until somebody says so."""


class ChannelId(IntEnum):
    """Where the feed is told; the numbers stand in the database."""

    PRODUCT = 1
    MAIL = 2


def pause_after(tries: int, rng: Random) -> timedelta:
    """Draw the pause after so many failed *tries*."""
    pause = PAUSES[min(tries, len(PAUSES)) - 1]
    return pause // 100 * rng.randint(100 - JITTER, 100 + JITTER)


class UndeliveredError(Exception):
    """The other side did not take a message; *why* is a code of ours.

    *retry_after* is how long it wants to be left alone, *gone* that it wants no more messages.
    """

    def __init__(
        self, why: str, *, retry_after: timedelta | None = None, gone: bool = False
    ) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after
        self.gone = gone
