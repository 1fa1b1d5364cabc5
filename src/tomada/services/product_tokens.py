"""Tokens that the product which embeds us mints for its users, so that they never meet our sign-in.

A token names the user (``sub``) and perhaps the entity (``entity``, else the user's own) by the
product's words for them. It lives for five minutes at most, says in its header that it is one of
ours (``typ: tomada+jwt``), and is signed by the one algorithm family that the settings choose. What
a header says of where its key is found (``jku``, ``x5u``, ``jwk``) is not looked at but refused.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tomada.domain.access import Bearer
from tomada.domain.clock import Clock
from tomada.domain.errors import UnauthenticatedError
from tomada.ports import SigningKeys
from tomada.services.product_users import ProductUsers
from tomada.telemetry import log

TYPE = "tomada+jwt"
LONGEST_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
"""How far the product's clock may be ahead of ours."""
SYMMETRIC = ("HS256",)
ASYMMETRIC = ("RS256", "ES256", "Ed25519")
_LARGEST = 4096
_PARTS = 3
_HEADER = frozenset({"alg", "typ", "kid"})
_LONGEST_NAME = 200
_MOST_AUDIENCES = 10
_KINDS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {
    "RS256": RSAKey, "ES256": ECKey, "Ed25519": OKPKey,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Who mints, for whom, and with what; exactly one of *secret* and a key source is there."""

    issuer: str
    audience: str
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says."""

    user: str
    entity: str
    until: datetime
    proved_at: datetime | None


class _BadTokenError(Exception):
    """A token is refused; the text says to the log why, and nothing of what it held."""


@dataclass(frozen=True, slots=True)
class ProductTokens:
    """Reads tokens and finds who they stand for."""

    settings: TokenSettings
    keys: SigningKeys | None
    users: ProductUsers
    clock: Clock

    async def recognise(self, token: str) -> Bearer:
        """Find who a token stands for; raises ``UnauthenticatedError``."""
        claims = await self.read(token)
        user, entity = await self.users.resolve(self.settings.issuer, claims.user, claims.entity)
        return Bearer("user", user, entity, None, claims.proved_at, claims.until)

    async def read(self, token: str) -> Claims:
        """Read a token; raises ``UnauthenticatedError``, the same for whatever is wrong with it."""
        try:
            return self._claims(await self._verified(token))
        except (_BadTokenError, JoseError, ValueError) as error:
            reason = str(error) if isinstance(error, _BadTokenError) else type(error).__name__
            log.info("token_refused", reason=reason)
            raise UnauthenticatedError("this token opens nothing") from None

    async def _verified(self, token: str) -> Mapping[str, Any]:
        if len(token) > _LARGEST or token.count(".") != _PARTS - 1:
            raise _BadTokenError("shape")
        header = _json_of(token.partition(".")[0])
        if not header.keys() <= _HEADER or header.get("typ") != TYPE:
            raise _BadTokenError("header")
        algorithm, kid = header.get("alg"), header.get("kid")
        if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= _LONGEST_NAME):
            raise _BadTokenError("kid")
        allowed = SYMMETRIC if self.settings.secret is not None else ASYMMETRIC
        if not isinstance(algorithm, str) or algorithm not in allowed:
            raise _BadTokenError("algorithm")
        key = await self._key(algorithm, kid)
        verified = jws.deserialize_compact(token, key, algorithms=[algorithm])
        return _object(verified.payload)

    async def _key(self, algorithm: str, kid: str | None) -> OctKey | RSAKey | ECKey | OKPKey:
        if self.settings.secret is not None:
            return OctKey.import_key(self.settings.secret)
        found = None if self.keys is None else await self.keys.find(kid)
        kind = _KINDS[algorithm]
        if (
            found is None
            or found.get("kty") != kind.key_type
            or found.get("alg", algorithm) != algorithm
            or found.get("use", "sig") != "sig"
        ):
            raise _BadTokenError("key")
        return kind.import_key(dict(found))

    def _claims(self, claims: Mapping[str, Any]) -> Claims:
        now = self.clock()
        audience = claims.get("aud")
        named = audience if isinstance(audience, list) else [audience]
        if claims.get("iss") != self.settings.issuer:
            raise _BadTokenError("iss")
        if len(named) > _MOST_AUDIENCES or self.settings.audience not in named:
            raise _BadTokenError("aud")
        issued, until = _instant(claims, "iat"), _instant(claims, "exp")
        if issued is None or until is None or not timedelta(0) < until - issued <= LONGEST_LIFE:
            raise _BadTokenError("life")
        begins = _instant(claims, "nbf") or issued
        if now >= until or max(issued, begins) > now + LEEWAY:
            raise _BadTokenError("time")
        proved = _instant(claims, "auth_time")
        if proved is not None and proved > now + LEEWAY:
            raise _BadTokenError("auth_time")
        user = _name(claims.get("sub"))
        entity = _name(claims["entity"]) if "entity" in claims else user
        return Claims(user, entity, until, proved)


def _json_of(part: str) -> dict[str, Any]:
    try:
        # Exactly the signs of base64url: what decodes leniently could be read in two ways.
        raw = part.encode("ascii")
        text = base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, UnicodeEncodeError):
        raise _BadTokenError("encoding") from None
    if base64.urlsafe_b64encode(text).rstrip(b"=") != raw:
        raise _BadTokenError("encoding")
    return _object(text)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise _BadTokenError("json") from None
    if not isinstance(value, dict):
        raise _BadTokenError("json")
    return value


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            raise ValueError("a name stands twice")
        read[name] = value
    return read


def _instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 < value < 2**33:
        raise _BadTokenError(name)
    return datetime.fromtimestamp(value, UTC)


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
        raise _BadTokenError("name")
    return value
