"""Who waits for a place in this process, and the one task that asks for all of them at once."""

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many wait: interactive ones, and the others by share."""

    persons: int
    shares: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """How many may go now; *wait* is the seconds after which asking again makes sense."""

    persons: int
    shares: Mapping[str, int]
    wait: float = math.inf


Ask = Callable[[Demand], Awaitable[Grant]]


@dataclass(eq=False, slots=True)
class _Ticket:
    interactive: bool
    share: str
    turn: asyncio.Future[None]


@dataclass(eq=False, slots=True)
class Line:
    """The callers of one endpoint family, first come first served within each share.

    However many wait, one question is under way at a time, and it asks for everybody: a hundred
    waiting calls cost one round trip. A place that comes for a caller who has given up is lost.
    """

    ask: Ask
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _waiting: list[_Ticket] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _asking: asyncio.Task[None] | None = None

    async def enter(self, *, interactive: bool, share: str) -> None:
        """Wait for a place; raises what asking raised."""
        ticket = _Ticket(interactive, share, asyncio.get_running_loop().create_future())
        self._waiting.append(ticket)
        self._news.set()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._serve())
        try:
            await ticket.turn
        finally:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                self._news.set()

    async def _serve(self) -> None:
        while self._waiting:
            self._news.clear()
            try:
                grant = await self.ask(self._demand())
            except BaseException as error:
                self._give_up(error)
                if isinstance(error, Exception):
                    return
                raise
            self._admit(grant)
            if self._waiting:
                await self._pause(grant.wait)

    async def _pause(self, seconds: float) -> None:
        """Wait until asking can help: time has passed, or somebody came or went."""
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._news.wait())]
        if not math.isinf(seconds):
            waits.append(asyncio.ensure_future(self.sleep(max(seconds, 0.001))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    def _demand(self) -> Demand:
        shares = Counter(one.share for one in self._waiting if not one.interactive)
        return Demand(persons=sum(one.interactive for one in self._waiting), shares=shares)

    def _admit(self, grant: Grant) -> None:
        persons, shares = grant.persons, dict(grant.shares)
        kept: list[_Ticket] = []
        for ticket in sorted(self._waiting, key=lambda one: not one.interactive):
            left = persons if ticket.interactive else shares.get(ticket.share, 0)
            if left <= 0:
                kept.append(ticket)
                continue
            if ticket.interactive:
                persons -= 1
            else:
                shares[ticket.share] = left - 1
            if not ticket.turn.done():
                ticket.turn.set_result(None)
        self._waiting[:] = kept

    def _give_up(self, error: BaseException) -> None:
        """Tell everybody who waits; the next caller begins anew."""
        waiting, self._waiting[:] = list(self._waiting), []
        for ticket in waiting:
            if not ticket.turn.done():
                if isinstance(error, Exception):
                    ticket.turn.set_exception(error)
                else:
                    ticket.turn.cancel()
