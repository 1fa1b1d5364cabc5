"""The API key: fetched once for all callers, renewed before it ends.

The key is a JWT of two hours. Its lifetime is read from it without verifying: nothing but the
time of renewal hangs on it.
"""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from tomada.pluggy.errors import (
    AuthenticationError,
    ContractError,
    PluggyError,
    TransportError,
)

# Used where a key does not say how long it lives; half of what is documented.
_ASSUMED_LIFETIME = timedelta(hours=1)
_EARLY = timedelta(minutes=5)
_REFUSED_FOR = timedelta(minutes=1)


class _Claims(msgspec.Struct):
    exp: float
    iat: float | None = None


@dataclass(frozen=True, slots=True)
class _Key:
    text: str
    renew_at: datetime
    ends_at: datetime


class ApiKeys:
    """Hands out the current key; any number of callers share one login."""

    __slots__ = ("_clock", "_key", "_login", "_refusal", "_running")

    def __init__(
        self, login: Callable[[], Awaitable[str]], *, clock: Callable[[], datetime]
    ) -> None:
        self._login = login
        self._clock = clock
        self._key: _Key | None = None
        self._running: asyncio.Task[_Key] | None = None
        self._refusal: tuple[AuthenticationError, datetime] | None = None

    async def current(self) -> str:
        """Give a key that is good for a while, logging in when there is none.

        When an early renewal cannot reach Pluggy, the old key serves until it ends.
        """
        key = self._key
        if key is not None and self._clock() < key.renew_at:
            return key.text
        try:
            return (await self._renewed()).text
        except PluggyError as error:
            still_good = key is not None and self._clock() < key.ends_at
            if key is not None and still_good and _passing(error):
                return key.text
            raise

    async def after_refusal(self, refused: str) -> str:
        """Give another key than *refused*, which Pluggy did not accept."""
        if self._key is not None and self._key.text == refused:
            self._key = None
        return await self.current()

    async def close(self) -> None:
        """End a login that is under way."""
        running = self._running
        if running is not None and not running.done():
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _renewed(self) -> _Key:
        if self._running is None or self._running.done():
            # A task of its own, so that one cancelled caller does not cancel the others' login.
            self._running = asyncio.create_task(self._renew())
            self._running.add_done_callback(_retrieve)
        return await asyncio.shield(self._running)

    async def _renew(self) -> _Key:
        if self._refusal is not None and self._clock() < self._refusal[1]:
            raise self._refusal[0]
        try:
            text = await self._login()
        except AuthenticationError as error:
            # Whoever comes in the next minute hears the same: asking again would not help.
            self._refusal = error, self._clock() + _REFUSED_FOR
            raise
        now = self._clock()
        lifetime = _lifetime(text, now=now)
        # A key shorter than the margin would otherwise be renewed on every call.
        margin = min(_EARLY, lifetime / 5)
        self._key = _Key(text, renew_at=now + lifetime - margin, ends_at=now + lifetime)
        return self._key


def _passing(error: PluggyError) -> bool:
    """Tell a trouble that passes by itself from a refusal."""
    return isinstance(error, (TransportError, ContractError)) or error.status not in (401, 403)


def _retrieve(task: asyncio.Task[_Key]) -> None:
    """Take the outcome of a login nobody waits for any more."""
    if not task.cancelled():
        task.exception()


def _lifetime(key: str, *, now: datetime) -> timedelta:
    """Read how long *key* lives from now.

    The difference of its own two times is used where both are there, since this machine's clock
    may be wrong.
    """
    try:
        payload = key.split(".")[1]
        claims = msgspec.json.decode(
            base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims
        )
        began = now.timestamp() if claims.iat is None else claims.iat
        lifetime = timedelta(seconds=claims.exp - began)
    except (IndexError, ValueError, OverflowError, binascii.Error, msgspec.MsgspecError):
        return _ASSUMED_LIFETIME
    return lifetime if lifetime > timedelta(0) else _ASSUMED_LIFETIME
