"""Checkpoints by HTTP: each is posted to an address of your choice, on somebody else's machine."""

from dataclasses import dataclass, field

import aiohttp

from tomada.domain.errors import AnchorUnavailableError

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_SUCCESS = range(200, 300)


@dataclass(frozen=True, slots=True)
class WebhookAnchor:
    """An address that answers 2xx once it has kept what it was sent."""

    url: str = field(repr=False)
    place: str = "webhook"

    async def publish(self, note: bytes) -> None:
        """Post a checkpoint; redirects are not followed."""
        headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "tomada-audit"}
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.post(self.url, data=note, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise AnchorUnavailableError("the anchor's address does not answer") from error
        if status not in _SUCCESS:
            raise AnchorUnavailableError(f"the anchor's address answered {status}")

    async def latest(self) -> bytes | None:
        """Give nothing: an address is written to and never asked."""
        return None
