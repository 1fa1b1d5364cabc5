"""How google-auth fetches its tokens here: by the standard library, in a thread."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

import google.auth.exceptions

_SECONDS = 5.0
_MOST_BYTES = 256 * 2**10


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer as google-auth wants it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Fetch:
    """Fetches one address, in five seconds."""

    def __call__(
        self, url: str, method: str = "GET", body: bytes | None = None,
        headers: Mapping[str, str] | None = None, timeout: float | None = None, **_: object,
    ) -> Fetched:  # fmt: skip
        """Give the answer, whatever its status; raises ``TransportError`` where there is none."""
        if not url.startswith(("https://", "http://")):
            raise google.auth.exceptions.TransportError("this is no address of the web")
        raw = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(url, raw, dict(headers or {}), method=method)  # noqa: S310  (checked above)
        try:
            with urllib.request.urlopen(request, timeout=timeout or _SECONDS) as answer:  # noqa: S310  (checked above)
                return Fetched(answer.status, dict(answer.headers), answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                return Fetched(error.code, dict(error.headers), error.read(_MOST_BYTES))
        except (OSError, ValueError) as error:
            raise google.auth.exceptions.TransportError("no token could be fetched") from error
