"""The product's back end, told by signed requests in the form of Standard Webhooks.

``webhook-id`` stays the same for a message however often it is sent, ``webhook-timestamp`` is the
try's, and ``webhook-signature`` is ``v1,`` and the HMAC-SHA256 of ``id.timestamp.body``.
"""

import base64
import binascii
import hashlib
import hmac
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import aiohttp
from yarl import URL

from tomada.adapters.channels.egress import Address, Egress, Network, Pinned, checked_url
from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError
from tomada.domain.outgoing import UndeliveredError

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 2**10
_PREFIX = "whsec_"
_LEAST_SECRET, _MOST_SECRET = 24, 64
_LONGEST_ASKED = 10 * 3600
_HTTPS = 443


def secret_bytes(text: str) -> bytes:
    """Read a secret ``whsec_<base64>`` of 24 to 64 bytes; raises ``ValueError``."""
    try:
        secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not text.startswith(_PREFIX) or not _LEAST_SECRET <= len(secret) <= _MOST_SECRET:
        raise ValueError("it must be whsec_ and the base64 of 24 to 64 random bytes")
    return secret


def open_webhook(
    url: str, secrets: Sequence[str], *, clock: Clock, networks: Sequence[Network]
) -> "Webhook | None":
    """Make the way to *url*, None for none; raises ``InvalidInputError`` for what cannot be right.

    Messages are signed with the first of the *secrets*, and with the others that are not empty.
    """
    if not url:
        return None
    try:
        checked_url(url)
    except ValueError as error:
        raise InvalidInputError(f"TOMADA_PRODUCT_WEBHOOK_URL: {error}") from error
    try:
        keys = [secret_bytes(secrets[0]), *(secret_bytes(one) for one in secrets[1:] if one)]
    except ValueError as error:
        raise InvalidInputError(f"TOMADA_PRODUCT_WEBHOOK_SECRET: {error}") from error
    return Webhook(url, keys, clock, Egress(networks))


def sign(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """Sign under each secret: the new one, and the one before while it is changed."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
        for secret in secrets
    )


@dataclass(frozen=True, slots=True)
class Webhook:
    """One address of the product's; *tls* trusts other authorities than the system's."""

    url: str = field(repr=False)
    secrets: Sequence[bytes] = field(repr=False)
    clock: Clock
    egress: Egress
    tls: ssl.SSLContext | None = None

    async def send(self, message_id: str, body: bytes) -> None:
        """Post it; any 2xx within ten seconds takes it, a redirect does not.

        A connection is made for each message, since each is resolved and checked anew.
        """
        url = checked_url(self.url)
        addresses = await self.egress.addresses(url.raw_host or "", url.port or _HTTPS)
        timestamp = int(self.clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Tomada",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self.secrets, message_id, timestamp, body),
        }
        try:
            status, asked = await self._post(url, body, headers, addresses)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UndeliveredError("no_answer") from error
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise UndeliveredError(
                f"status_{status}", retry_after=asked, gone=status == HTTPStatus.GONE
            )

    async def _post(
        self, url: URL, body: bytes, headers: dict[str, str], addresses: Sequence[Address]
    ) -> tuple[int, timedelta | None]:
        connector = aiohttp.TCPConnector(
            resolver=Pinned(addresses), use_dns_cache=False, ssl=self.tls or True, limit=1
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            ) as session,
            session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            # Read so that the other side can end its answer, and no further.
            await answer.content.read(LARGEST_ANSWER)
            return answer.status, _asked(answer.headers.get("Retry-After"))


def _asked(retry_after: str | None) -> timedelta | None:
    if retry_after is None or not (retry_after.isascii() and retry_after.isdigit()):
        return None
    return timedelta(seconds=min(int(retry_after[:9]), _LONGEST_ASKED))
