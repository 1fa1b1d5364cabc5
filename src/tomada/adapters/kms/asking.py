"""Calls to a key service over HTTP: short, repeated where it is busy, never redirected."""

import asyncio
import base64
import binascii
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from tomada.domain.errors import KeyRefusedError, KeyUnavailableError

_SECONDS = 5.0
_TRIES = 3
_PAUSE = 0.2
_LONGEST = 2.0
_MOST_BYTES = 256 * 2**10
_BAD_REQUEST = 400
_BUSY = frozenset({429, 500, 502, 503, 504})

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; *said* is its JSON object, empty for anything else."""

    status: int
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """A way to ask; *busy* knows answers besides 429 and 5xx that mean to come again."""

    busy: Callable[[Told], bool] = field(default=lambda _: False)
    sleep: Sleep = asyncio.sleep
    seconds: float = _SECONDS

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Told:
        """Ask at most three times; raises ``KeyUnavailableError`` where no answer is to be had."""
        for tried in range(_TRIES):
            told = await self._once(method, url, headers, body)
            if told is not None and told.status not in _BUSY and not self.busy(told):
                return told
            if tried < _TRIES - 1:
                pause = min(_LONGEST, _PAUSE * 2**tried)
                # All processes that were refused together do not come back together.
                await self.sleep(random.uniform(pause / 2, pause))  # noqa: S311  (no secret)
        raise KeyUnavailableError("the key service does not answer, or is busy")

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Told | None:
        timeout = aiohttp.ClientTimeout(total=self.seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                session.request(
                    method, url, headers=headers, data=body, allow_redirects=False
                ) as answer,
            ):
                raw = bytearray()
                async for part in answer.content.iter_chunked(2**14):
                    raw += part
                    if len(raw) > _MOST_BYTES:
                        raise KeyUnavailableError("the key service answered without end")
                return Told(answer.status, _object(bytes(raw)))
        except (TimeoutError, aiohttp.ClientError, OSError):
            return None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}


def packed(raw: bytes) -> str:
    """Write bytes as the key services want them in JSON."""
    return base64.b64encode(raw).decode()


def unpacked(said: Mapping[str, Any], name: str) -> bytes:
    """Read the bytes of an answer back; raises ``KeyUnavailableError`` where there are none."""
    try:
        return base64.b64decode(said[name], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise unreadable() from error


def unreadable() -> KeyUnavailableError:
    """Say that an answer is not what it should be."""
    return KeyUnavailableError("the key service's answer cannot be read")


def refusal(told: Told) -> KeyUnavailableError:
    """Tell a text that does not open from a service that does not serve us."""
    if told.status == _BAD_REQUEST:
        return KeyRefusedError("the key service does not open this: it is changed, or not its own")
    return KeyUnavailableError(f"the key service answered {told.status}")
