"""The master key in the transit engine of HashiCorp Vault or OpenBao.

``vault://host:8200/transit/tomada`` is key ``tomada`` of the engine mounted at ``transit``, by TLS;
``vault+http://`` is without, for a server on the same machine. The token needs ``update`` on
``<mount>/encrypt/<key>`` and ``<mount>/decrypt/<key>``, and ``read`` on ``<mount>/keys/<key>``.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tomada.adapters.kms.asking import Asking, Told
from tomada.domain.errors import KeyRefusedError, KeyUnavailableError

_OK, _BAD_REQUEST = 200, 400


@dataclass(frozen=True, slots=True)
class TransitKeyProvider:
    """One key of one transit engine."""

    origin: str
    mount: str
    key: str
    token: str = field(repr=False)
    asking: Asking = field(default_factory=Asking)

    async def describe(self) -> str:
        """Name the key and its latest version."""
        data = await self._ask("GET", f"keys/{self.key}", None)
        version = data.get("latest_version")
        if not isinstance(version, int):
            raise KeyUnavailableError("the key service's answer cannot be read")
        return f"vault:{self.mount}/{self.key}:v{version}"

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt under the latest version."""
        said = {"plaintext": _packed(plaintext), "associated_data": _packed(context)}
        ciphertext = (await self._ask("POST", f"encrypt/{self.key}", said)).get("ciphertext")
        if not isinstance(ciphertext, str):
            raise KeyUnavailableError("the key service's answer cannot be read")
        return ciphertext.encode()

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with the version that the text names."""
        try:
            ciphertext = wrapped.decode("ascii")
        except UnicodeDecodeError as error:
            raise KeyRefusedError("this was not wrapped by the key service") from error
        said = {"ciphertext": ciphertext, "associated_data": _packed(context)}
        data = await self._ask("POST", f"decrypt/{self.key}", said)
        try:
            return base64.b64decode(data["plaintext"], validate=True)
        except (KeyError, TypeError, binascii.Error) as error:
            raise KeyUnavailableError("the key service's answer cannot be read") from error

    async def _ask(self, method: str, path: str, said: dict[str, str] | None) -> dict[str, Any]:
        told = await self.asking.ask(
            method, f"{self.origin}/v1/{self.mount}/{path}",
            headers={"X-Vault-Token": self.token, "X-Vault-Request": "true"},
            body=None if said is None else msgspec.json.encode(said),
        )  # fmt: skip
        data = told.said.get("data")
        if told.status == _OK and isinstance(data, dict):
            return data
        raise _refusal(told)


def open_transit(url: str, token: str) -> TransitKeyProvider:
    """Read an address; raises ``ValueError`` where it names no key."""
    parts = urlsplit(url)
    mount, _, key = parts.path.strip("/").rpartition("/")
    if not parts.netloc or not mount or not key:
        raise ValueError("write the master key as vault://host:8200/<mount>/<key>")
    scheme = "http" if parts.scheme == "vault+http" else "https"
    return TransitKeyProvider(f"{scheme}://{parts.netloc}", mount, key, token)


def _refusal(told: Told) -> KeyUnavailableError:
    """Tell a text that does not open from a service that does not serve us."""
    if told.status == _BAD_REQUEST:
        return KeyRefusedError("the key service does not open this: it is changed, or not its own")
    return KeyUnavailableError(f"the key service answered {told.status}")


def _packed(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
