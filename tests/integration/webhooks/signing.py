"""A signature scheme such as Pluggy may have, for doors that ask for one."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

CURRENT, PREVIOUS = "signing-secret-of-today", "signing-secret-of-yesterday"
HEADER, TIME = "X-Sig", "X-Sig-Time"
REQUIRED: dict[str, Any] = {
    "webhook_hmac": "required",
    "webhook_hmac_header": HEADER,
    "webhook_hmac_secret": SecretStr(CURRENT),
    "webhook_hmac_previous_secret": SecretStr(PREVIOUS),
    "webhook_hmac_prefix": "sha256=",
    "webhook_hmac_signed": "{timestamp}.{body}",
    "webhook_hmac_timestamp_header": TIME,
}


def stamp(now: datetime, *, late: timedelta = timedelta()) -> str:
    return str(int((now - late).timestamp()))


def mac(body: bytes, at: str, *, secret: str = CURRENT, digest: Any = hashlib.sha256) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, digest).hexdigest()


def signed(body: bytes, now: datetime, **how: Any) -> list[tuple[str, str]]:
    """Give the headers of a genuine delivery."""
    at = stamp(now)
    return [(TIME, at), (HEADER, f"sha256={mac(body, at, **how)}")]
