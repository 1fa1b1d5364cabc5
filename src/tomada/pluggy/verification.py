"""Tell a delivery of Pluggy from everybody else's.

Three proofs, each a matter of configuration: a secret in a header of one's own (registered with
the webhook), the networks Pluggy sends from, and a signature. How Pluggy signs is not published
where it could be read, so nothing about the signature is fixed here.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal

Network = IPv4Network | IPv6Network

# Seconds until the year 5138; anything above is in milliseconds.
_LAST_SECOND = 99_999_999_999
_DIGEST_NAMES = ("sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretHeader:
    """A header that carries a shared secret.

    *secrets* are the current one and, after a change, the one before.
    """

    name: str
    secrets: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.name or not self.secrets or not all(self.secrets):
            raise ValueError("a secret header has a name and at least one secret")

    def accepts(self, headers: Mapping[str, str]) -> bool:
        """Compare in constant time, with every secret whichever matches."""
        sent = _header(headers, self.name)
        return _any_equal(sent, self.secrets)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureScheme:
    """An HMAC over the raw body.

    *signed* is the signed string: ``{body}`` and, where *timestamp_header* names one,
    ``{timestamp}``. *prefix* stands before the digest in the header (``sha256=``). A timestamp
    older than *tolerance*, or further than *ahead* in the future, is refused. The header must be
    written exactly as the scheme says: a digest in other letters is another text.
    """

    header: str
    secrets: tuple[str, ...] = field(repr=False)
    digest: Literal["sha256", "sha384", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    signed: str = "{body}"
    timestamp_header: str | None = None
    tolerance: timedelta = timedelta(minutes=5)
    ahead: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        if not self.header or not self.secrets or not all(self.secrets):
            raise ValueError("a signature has a header and at least one secret")
        if self.digest not in _DIGEST_NAMES:
            raise ValueError(f"the digest is one of {', '.join(_DIGEST_NAMES)}")
        if "{body}" not in self.signed:
            raise ValueError("the signed string contains {body}")
        if ("{timestamp}" in self.signed) != (self.timestamp_header is not None):
            raise ValueError("a signed timestamp and its header belong together")

    def accepts(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
        """Tell whether the header carries the digest of *body*, and a fresh time if it has one.

        Every digest is computed and compared whatever else is wrong, so that the time taken does
        not tell what was.
        """
        sent = _header(headers, self.header)
        stamp = _header(headers, self.timestamp_header) if self.timestamp_header else ""
        fresh = self.timestamp_header is None or (
            stamp is not None and _is_fresh(stamp, now=now, late=self.tolerance, ahead=self.ahead)
        )
        before, _, after = (
            part.replace("{timestamp}", stamp or "").encode()
            for part in self.signed.partition("{body}")
        )
        wanted = [
            self._written(hmac.digest(secret.encode(), before + body + after, self.digest))
            for secret in self.secrets
        ]
        given = (sent or "").encode()
        equal = [hmac.compare_digest(given, each) for each in wanted]
        return sent is not None and fresh and any(equal)

    def _written(self, digest: bytes) -> bytes:
        text = digest.hex() if self.encoding == "hex" else base64.b64encode(digest).decode()
        return (self.prefix + text).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookVerifier:
    """All proofs that are configured; each one must hold.

    *networks* are compared with the address the caller gives: the connection's own, or one that a
    trusted proxy vouched for.
    """

    clock: Callable[[], datetime]
    secret: SecretHeader | None = None
    networks: Sequence[Network] = ()
    signature: SignatureScheme | None = None

    def __post_init__(self) -> None:
        if self.secret is None and not self.networks and self.signature is None:
            raise ValueError("a verifier without a proof would accept everybody")

    def refusal(
        self, headers: Mapping[str, str], body: bytes, *, source: str | None
    ) -> Literal["source", "secret", "signature"] | None:
        """Name the first proof that fails, or None for a genuine delivery.

        All are looked at each time, so that the time taken does not tell which one failed.
        """
        place = not self.networks or _inside(source, self.networks)
        secret = self.secret is None or self.secret.accepts(headers)
        signed = self.signature is None or self.signature.accepts(headers, body, now=self.clock())
        if not place:
            return "source"
        if not secret:
            return "secret"
        return None if signed else "signature"


def _header(headers: Mapping[str, str], name: str) -> str | None:
    """Find a header whatever its case; one that is sent twice is no proof."""
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    return found[0] if len(found) == 1 else None


def _any_equal(sent: str | None, secrets: tuple[str, ...]) -> bool:
    """Compare digests, so that neither content nor length shows in the time taken."""
    given = hashlib.sha256((sent or "").encode()).digest()
    equal = [
        hmac.compare_digest(given, hashlib.sha256(secret.encode()).digest()) for secret in secrets
    ]
    return sent is not None and any(equal)


def _is_fresh(stamp: str, *, now: datetime, late: timedelta, ahead: timedelta) -> bool:
    """Read seconds, milliseconds or ISO 8601, and compare with the clock."""
    try:
        if stamp.isdigit():
            seconds = int(stamp[:15])
            moment = seconds / 1000 if seconds > _LAST_SECOND else float(seconds)
        else:
            moment = datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError):
        return False
    return -ahead.total_seconds() <= now.timestamp() - moment <= late.total_seconds()


def _inside(source: str | None, networks: Sequence[Network]) -> bool:
    try:
        address = ip_address((source or "").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
