"""The master key in Google Cloud KMS.

``gcp-kms:projects/P/locations/L/keyRings/R/cryptoKeys/K``. The account needs the role
``cloudkms.cryptoKeyEncrypterDecrypter`` and, for ``tomada keys``, ``cloudkms.viewer``. Who asks is
found as Google's own programs find it: ``GOOGLE_APPLICATION_CREDENTIALS``, or the machine's account.
"""

import asyncio
import os
from dataclasses import dataclass, field
from typing import Any, Protocol

import google.auth
import google.auth.exceptions
import msgspec

from tomada.adapters.kms.asking import Asking, packed, refusal, unpacked, unreadable
from tomada.adapters.kms.gcp_transport import Fetch
from tomada.domain.errors import KeyUnavailableError

_SCOPE = "https://www.googleapis.com/auth/cloudkms"
_OK = 200
_NAME_PARTS = 8


class Account(Protocol):
    """What google-auth found."""

    token: str | None

    @property
    def valid(self) -> bool:
        """Whether the token can be used."""
        ...

    def refresh(self, request: Fetch) -> None:
        """Fetch a token."""
        ...


@dataclass(frozen=True, slots=True)
class GoogleKeyProvider:
    """One key of one ring."""

    key: str
    endpoint: str
    account: Account = field(repr=False)
    asking: Asking = field(default_factory=Asking)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def describe(self) -> str:
        """Name the primary version."""
        primary = (await self._ask("GET", "", None)).get("primary")
        name = primary.get("name") if isinstance(primary, dict) else None
        if not isinstance(name, str):
            raise unreadable()
        return f"gcp-kms:{name}"

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt under the primary version."""
        said = {"plaintext": packed(plaintext), "additionalAuthenticatedData": packed(context)}
        return unpacked(await self._ask("POST", ":encrypt", said), "ciphertext")

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with the version that made it."""
        said = {"ciphertext": packed(wrapped), "additionalAuthenticatedData": packed(context)}
        return unpacked(await self._ask("POST", ":decrypt", said), "plaintext")

    async def _ask(self, method: str, verb: str, said: dict[str, str] | None) -> dict[str, Any]:
        told = await self.asking.ask(
            method, f"{self.endpoint}/v1/{self.key}{verb}",
            headers={
                "Authorization": f"Bearer {await self._token()}",
                "Content-Type": "application/json",
            },
            body=None if said is None else msgspec.json.encode(said),
        )  # fmt: skip
        if told.status == _OK:
            return told.said
        raise refusal(told)

    async def _token(self) -> str:
        async with self._renewing:
            if not self.account.valid:
                try:
                    await asyncio.to_thread(self.account.refresh, Fetch())
                except google.auth.exceptions.GoogleAuthError as error:
                    raise KeyUnavailableError("Google gives this account no token") from error
        return self.account.token or ""


def open_gcp(url: str) -> GoogleKeyProvider:
    """Read an address; raises ``ValueError`` where it names no key.

    ``CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS`` is another place to ask, as Google's own programs
    have it.
    """
    key = url.removeprefix("gcp-kms:").strip("/")
    parts = key.split("/")
    names = ["projects", "locations", "keyRings", "cryptoKeys"]
    if len(parts) != _NAME_PARTS or parts[::2] != names or not all(parts):
        raise ValueError(
            "write the master key as gcp-kms:projects/P/locations/L/keyRings/R/cryptoKeys/K"
        )
    try:
        account, _ = google.auth.default(scopes=[_SCOPE])
    except google.auth.exceptions.DefaultCredentialsError as error:
        raise KeyUnavailableError("there is no Google account in the environment") from error
    override = os.environ.get("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS")
    return GoogleKeyProvider(
        key, (override or "https://cloudkms.googleapis.com").rstrip("/"), account
    )
