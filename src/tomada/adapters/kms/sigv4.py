"""AWS Signature Version 4 for one kind of request: a POST of JSON to a service's root.

Written out here because botocore would bring fourteen megabytes and hold back python-dateutil;
tested against AWS's published example and by a service that computes it another way.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks; *expires_at* is set for those that a container is given."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed; *headers* name the host, *query* is in its canonical form."""

    method: str
    headers: dict[str, str]
    body: bytes
    path: str = "/"
    query: str = ""


def signed(
    request: Request, credentials: Credentials, *, region: str, service: str, at: datetime
) -> dict[str, str]:
    """Give the headers of *request* with the date and the signature."""
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    given = {**request.headers, "X-Amz-Date": stamp}
    if credentials.session_token is not None:
        given["X-Amz-Security-Token"] = credentials.session_token
    canonical = {name.lower(): " ".join(value.split()) for name, value in given.items()}
    names = ";".join(sorted(canonical))
    lines = [
        request.method, request.path, request.query,
        *(f"{name}:{canonical[name]}" for name in sorted(canonical)),
        "", names, hashlib.sha256(request.body).hexdigest(),
    ]  # fmt: skip
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (stamp[:8], region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    given["Authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope},"
        f" SignedHeaders={names}, Signature={signature}"
    )
    return given
