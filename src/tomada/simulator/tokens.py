"""Sign and read the two credentials: API keys and connect tokens, as HS256 JWTs.

Clients decode `exp` and the widget decodes `clientId`, so both must be readable without the key.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any, Literal

import msgspec

Kind = Literal["api", "connect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a valid credential says of its bearer."""

    kind: Kind
    jti: str
    # Connect tokens only: the item it may update, and the options given when it was made.
    item_id: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """The signer of one world; its key comes from the seed, so tokens outlive a restart."""

    seed: int
    client_id: str
    clock: Callable[[], datetime]

    def issue(self, claims: Claims, *, ttl: timedelta) -> str:
        """Sign *claims* until *ttl* from now."""
        now = int(self.clock().timestamp())
        payload: dict[str, Any] = {
            "clientId": self.client_id,
            "jti": claims.jti,
            "iat": now,
            "exp": now + int(ttl.total_seconds()),
            "kind": claims.kind,
        }
        if claims.kind == "connect":
            payload |= {"itemId": claims.item_id, "options": claims.options}
        head = _pack({"alg": "HS256", "typ": "JWT"})
        signed = f"{head}.{_pack(payload)}"
        return f"{signed}.{self._signature(signed)}"

    def read(self, token: str) -> Claims | None:
        """Open *token*; None when it is not ours, was changed, or has expired."""
        signed, _, signature = token.rpartition(".")
        if not signed or not hmac.compare_digest(
            signature.encode(), self._signature(signed).encode()
        ):
            return None
        payload = _unpack(signed.partition(".")[2])
        if payload is None or payload["exp"] <= self.clock().timestamp():
            return None
        return Claims(
            kind=payload["kind"],
            jti=payload["jti"],
            item_id=payload.get("itemId"),
            options=payload.get("options") or {},
        )

    def _signature(self, signed: str) -> str:
        key = blake2b(f"{self.seed}|{self.client_id}|signing".encode()).digest()
        return _text(hmac.new(key, signed.encode(), sha256).digest())


def _pack(content: dict[str, Any]) -> str:
    return _text(msgspec.json.encode(content))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpack(text: str) -> dict[str, Any] | None:
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        payload = msgspec.json.decode(raw, type=dict[str, Any])
    except (Base64Error, msgspec.DecodeError, ValueError):
        return None
    return payload
