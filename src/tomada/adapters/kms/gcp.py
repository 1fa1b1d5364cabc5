"""The master key in Google Cloud KMS.

``gcp-kms:projects/P/locations/L/keyRings/R/cryptoKeys/K``. The account needs the role
``cloudkms.cryptoKeyEncrypterDecrypter`` and, for ``tomada keys``, ``cloudkms.viewer``. Who asks is
found as Google's own programs find it: ``GOOGLE_APPLICATION_CREDENTIALS``, or the machine's account.
"""

import asyncio
import base64
import binascii
import os
from dataclasses import dataclass, field
from typing import Any, Protocol

import google.auth
import google.auth.exceptions
import msgspec

from tomada.adapters.kms.asking import Asking, Told
from tomada.adapters.kms.gcp_transport import Fetch
from tomada.domain.errors import KeyRefusedError, KeyUnavailableError

_SCOPE = "https://www.googleapis.com/auth/cloudkms"
_OK, _BAD_REQUEST = 200, 400
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
            raise KeyUnavailableError("the key service's answer cannot be read")
        return f"gcp-kms:{name}"

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt under the primary version."""
        said = {"plaintext": _packed(plaintext), "additionalAuthenticatedData": _packed(context)}
        return _bytes(await self._ask("POST", ":encrypt", said), "ciphertext")

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with the version that made it."""
        said = {"ciphertext": _packed(wrapped), "additionalAuthenticatedData": _packed(context)}
        return _bytes(await self._ask("POST", ":decrypt", said), "plaintext")

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
        raise _refusal(told)

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


def _refusal(told: Told) -> KeyUnavailableError:
    """Tell a text that does not open from a service that does not serve us."""
    if told.status == _BAD_REQUEST:
        return KeyRefusedError("the key service does not open this: it is changed, or not its own")
    return KeyUnavailableError(f"the key service answered {told.status}")


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(said: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(said[name], validate=True)
    except (KeyError, TypeError, binascii.Error) as error:
        raise KeyUnavailableError("the key service's answer cannot be read") from error
