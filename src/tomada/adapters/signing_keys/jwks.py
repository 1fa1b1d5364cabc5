"""The public keys of a product, from the one address that the settings name.

The answer is kept for ten minutes. A token that names a key we have not makes us ask again, but no
more than every thirty seconds, whoever sends such tokens. Where the address does not answer, what
it said last counts for an hour more.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from tomada.domain.clock import Clock
from tomada.domain.errors import UnavailableError
from tomada.telemetry import log

KEEP = timedelta(minutes=10)
KEEP_WITHOUT_ANSWER = timedelta(hours=1)
ASK_AGAIN = timedelta(seconds=30)
LARGEST = 64 * 1024
MOST_KEYS = 50
SECONDS = 5
_PRIVATE = ("d", "p", "q", "k")


@dataclass(slots=True)
class _Kept:
    keys: list[Mapping[str, Any]] = field(default_factory=list)
    read_at: datetime | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JwksKeys:
    """A JWK Set behind an address."""

    url: str
    clock: Clock
    _kept: _Kept = field(default_factory=_Kept, repr=False)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def find(self, kid: str | None) -> Mapping[str, Any] | None:
        """Give the key of this id, or the only one there is where a token names none."""
        async with self._asking:
            await self._refresh(unless_known=kid)
        found = [one for one in self._kept.keys if kid is None or one.get("kid") == kid]
        return found[0] if len(found) == 1 else None

    async def _refresh(self, *, unless_known: str | None) -> None:
        now, kept = self.clock(), self._kept
        known = any(one.get("kid") == unless_known for one in kept.keys)
        fresh = kept.read_at is not None and now - kept.read_at < KEEP
        if fresh and (known or unless_known is None):
            return
        if kept.asked_at is None or now - kept.asked_at >= ASK_AGAIN:
            kept.asked_at = now
            try:
                kept.keys, kept.read_at = await self._fetch(), now
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                log.warning("signing_keys_unread", error=type(error).__name__)
        if kept.read_at is None or now - kept.read_at >= KEEP + KEEP_WITHOUT_ANSWER:
            kept.keys = []
            raise UnavailableError("the product's signing keys cannot be read")

    async def _fetch(self) -> list[Mapping[str, Any]]:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(self.url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:  # noqa: PLR2004  (OK; a redirect is no answer either)
                raise ValueError("not a key set")
            body = await answer.content.read(LARGEST + 1)
            while len(body) <= LARGEST and (more := await answer.content.read(LARGEST)):
                body += more
        if len(body) > LARGEST:
            raise ValueError("too large for a key set")
        document = json.loads(body)
        listed = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(listed, list) or len(listed) > MOST_KEYS:
            raise ValueError("not a key set")
        return [one for one in listed if isinstance(one, dict) and _is_public(one)]


def _is_public(key: Mapping[str, Any]) -> bool:
    return key.get("kty") in ("RSA", "EC", "OKP") and not any(part in key for part in _PRIVATE)
