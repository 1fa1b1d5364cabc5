"""The master key in the transit engine of HashiCorp Vault or OpenBao.

``vault://host:8200/transit/tomada`` is key ``tomada`` of the engine mounted at ``transit``, by TLS;
``vault+http://`` is without, for a server on the same machine. The token needs ``update`` on
``<mount>/encrypt/<key>`` and ``<mount>/decrypt/<key>``, and ``read`` on ``<mount>/keys/<key>``.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tomada.adapters.kms.asking import Asking, packed, refusal, unpacked, unreadable
from tomada.domain.errors import KeyRefusedError

_OK = 200


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
            raise unreadable()
        return f"vault:{self.mount}/{self.key}:v{version}"

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt under the latest version."""
        said = {"plaintext": packed(plaintext), "associated_data": packed(context)}
        ciphertext = (await self._ask("POST", f"encrypt/{self.key}", said)).get("ciphertext")
        if not isinstance(ciphertext, str):
            raise unreadable()
        return ciphertext.encode()

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with the version that the text names."""
        try:
            ciphertext = wrapped.decode("ascii")
        except UnicodeDecodeError as error:
            raise KeyRefusedError("this was not wrapped by the key service") from error
        said = {"ciphertext": ciphertext, "associated_data": packed(context)}
        data = await self._ask("POST", f"decrypt/{self.key}", said)
        return unpacked(data, "plaintext")

    async def _ask(self, method: str, path: str, said: dict[str, str] | None) -> dict[str, Any]:
        told = await self.asking.ask(
            method, f"{self.origin}/v1/{self.mount}/{path}",
            headers={"X-Vault-Token": self.token, "X-Vault-Request": "true"},
            body=None if said is None else msgspec.json.encode(said),
        )  # fmt: skip
        data = told.said.get("data")
        if told.status == _OK and isinstance(data, dict):
            return data
        raise refusal(told)


def open_transit(url: str, token: str) -> TransitKeyProvider:
    """Read an address; raises ``ValueError`` where it names no key."""
    parts = urlsplit(url)
    mount, _, key = parts.path.strip("/").rpartition("/")
    if not parts.netloc or not mount or not key:
        raise ValueError("write the master key as vault://host:8200/<mount>/<key>")
    scheme = "http" if parts.scheme == "vault+http" else "https"
    return TransitKeyProvider(f"{scheme}://{parts.netloc}", mount, key, token)
