"""Stay below Pluggy's request limits: what is counted together, and what a limiter promises.

Pluggy counts per endpoint family, source address and minute: 360, and 20 for item updates. The
limits here are a little lower, so that clocks and networks that differ cause no refusal.
"""

import contextlib
import math
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

UPDATES = "item_updates"
LOGINS = "auth"
LONGEST_PAUSE = 300.0
"""No refusal silences a family for longer than this many seconds, whatever it asks for."""
UNTOLD_PAUSE = 15.0
"""The pause after a refusal that does not say how long to wait."""
CEILING_LASTS = 600.0
"""How long a lowered limit, told by a refusal, is believed."""
_UNIFORM_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\d+")
_share: ContextVar[str] = ContextVar("share", default="")


class Limiter(Protocol):
    """What the client asks before each request."""

    async def acquire(self, family: str, *, interactive: bool, share: str = "") -> None:
        """Return when one request of *family* may be sent.

        Interactive calls go first. Among the others, who waits under the *share* that had the
        least lately is served next; what a share stands for is the caller's own affair.
        """

    async def refused(self, family: str, *, seconds: float | None, limit: int | None) -> None:
        """Hear that Pluggy refused a request of *family* all the same.

        Nothing of the family is to be sent for *seconds* (None: it did not say). *limit* is the
        number of requests a minute that the refusal named.
        """


@contextlib.contextmanager
def sharing(share: str) -> Iterator[None]:
    """Count the calls made in the block, and in tasks it starts, under *share*.

    Any text will do that is the same for calls which should not crowd out the others.
    """
    token = _share.set(share)
    try:
        yield
    finally:
        _share.reset(token)


def current_share() -> str:
    """Give the share the running task calls under; empty where none was named."""
    return _share.get()


def family_of(method: str, route: str) -> str:
    """Name the endpoint family that Pluggy counts *route* in.

    The page-numbered and the cursor list of transactions share one, and so do a list and its
    single resources; each remaining first path segment is taken as a family of its own.
    """
    parts = [part for part in route.split("/") if part and part != "v2"]
    if not parts:
        return "other"
    if method == "PATCH" and parts[0] == "items":
        return UPDATES
    if parts[0] == "investments" and parts[-1] == "transactions":
        return "investment_transactions"
    return parts[0]


def route_of(path: str) -> str:
    """Replace ids in *path*, so that it can name a metric."""
    return "/".join("{id}" if _UNIFORM_ID.fullmatch(part) else part for part in path.split("/"))


class NoLimiter:
    """Lets everything through: for a simulator, or where something else limits."""

    async def acquire(self, family: str, *, interactive: bool, share: str = "") -> None:
        """Return at once."""

    async def refused(self, family: str, *, seconds: float | None, limit: int | None) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """At most *requests* in any *seconds*, all of them at once after a quiet time.

    *reserve* of them are for interactive calls: as many of them as can come in before the next
    place ends are always kept, and the rest is not left idle. The window is longer than Pluggy's
    minute, which begins when a request arrives and not when it is let go.
    """

    requests: int = 350
    seconds: float = 61.0
    reserve: int = 35

    def __post_init__(self) -> None:
        if not 0 <= self.reserve < self.requests or self.seconds <= 0:
            raise ValueError("an allowance needs requests beyond its reserve, and a duration")

    def under(self, ceiling: int | None) -> "Allowance":
        """Shrink to *ceiling* requests, if that is fewer, with the reserve in proportion."""
        if ceiling is None or ceiling >= self.requests:
            return self
        requests = max(1, self.requests // 10, ceiling)
        reserve = self.reserve * requests // self.requests
        return Allowance(requests=requests, seconds=self.seconds, reserve=reserve)

    @property
    def kept(self) -> int:
        """The last place, which only interactive calls get."""
        return min(1, self.reserve)

    @property
    def step(self) -> float:
        """The seconds in which the reserve has one place for a person."""
        return self.seconds / max(1, self.reserve)

    def keep(self, seconds: float) -> int:
        """Give how many places to keep for persons who come in the next *seconds*.

        So long it takes until a place ends that is not a person's, and after it persons go first.
        """
        return max(self.kept, math.ceil(round(seconds * self.reserve / self.seconds, 6)))


PUBLISHED = Allowance()
PUBLISHED_UPDATES = Allowance(requests=19, reserve=2)
OUR_LOGINS = Allowance(requests=10, reserve=0)
"""A key lasts two hours: more logins than this are a loop, whoever's fault it is."""
SPECIAL = MappingProxyType({UPDATES: PUBLISHED_UPDATES, LOGINS: OUR_LOGINS})


def pause_for(seconds: float | None) -> float:
    """Give the pause a refusal leads to."""
    return UNTOLD_PAUSE if seconds is None else min(max(seconds, 0.0), LONGEST_PAUSE)


def ceiling_for(limit: int | None) -> int | None:
    """Give what may be used of the *limit* a refusal names: a little less, as of the usual one."""
    return None if limit is None or limit < 1 else limit - max(1, limit // 36)
