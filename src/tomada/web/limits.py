"""How much a request may send, and how long everything may take."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.web.errors import RETRY_SECONDS, Problem, ProblemError

KIB = 1024
URL_BYTES = 4 * KIB
HEADER_BYTES = 16 * KIB
_DRAIN_BYTES = 1024 * KIB
_DRAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request gets: bytes of body, and seconds to send it and to be answered in."""

    body_bytes: int
    body_seconds: float
    handler_seconds: float


API = Allowance(body_bytes=256 * KIB, body_seconds=10, handler_seconds=30)
WEBHOOK_PATH = "/api/webhooks/pluggy"
SYNC_PATH = "/api/open-finance/sync-data"
REPORTS_PATH = "/csp-reports"
ALLOWANCES = {
    # Pluggy gives up after 5 to 10 s, and repeats what we refused with 503.
    WEBHOOK_PATH: Allowance(body_bytes=64 * KIB, body_seconds=5, handler_seconds=4),
    REPORTS_PATH: Allowance(body_bytes=16 * KIB, body_seconds=5, handler_seconds=5),
    # It waits up to 25 s for the sync, after asking Pluggy for the item.
    SYNC_PATH: Allowance(body_bytes=256 * KIB, body_seconds=10, handler_seconds=45),
}

Larger = Callable[[Scope], Awaitable[int]]
"""How many bytes a request may send that already sent more than its allowance."""


def is_webhook(path: str) -> bool:
    """Tell whether a delivery goes there, to whichever of several webhooks."""
    return path == WEBHOOK_PATH or path.startswith(f"{WEBHOOK_PATH}/")


class _ClientGoneError(Exception):
    """The client hung up while it was sending."""


class _BrokenLimitError(ProblemError):
    """The request is more than its allowance."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        # What else would come on the connection is not known, so it ends here.
        super().__init__(Problem(status, code, detail, {"Connection": "close"}))


@dataclass(frozen=True, slots=True)
class Limits:
    """Reads the whole body before the application sees the request, within its allowance.

    So no handler ever waits for a slow client, and each has a deadline of its own. *larger* is
    asked about a request whose body outgrows its allowance.
    """

    app: ASGIApp
    larger: Larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; streams pass."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        allowance = ALLOWANCES.get(WEBHOOK_PATH if is_webhook(path) else path, API)
        try:
            length = _announced(scope)
            body = b"" if length == 0 else await self._read(scope, receive, allowance, length)
        except _ClientGoneError:
            return
        except ProblemError as error:
            await _drain(receive)
            await error.problem.response(scope)(scope, receive, send)
            return
        await self._serve(scope, _replay(body, receive), send, seconds=allowance.handler_seconds)

    async def _read(
        self, scope: Scope, receive: Receive, allowance: Allowance, announced: int | None
    ) -> bytes:
        cap = await self._cap(scope, allowance.body_bytes, announced or 0)
        body = bytearray()
        try:
            async with asyncio.timeout(allowance.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _ClientGoneError
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    cap = await self._cap(scope, cap, len(body))
        except TimeoutError:
            seconds = f"{allowance.body_seconds:g}"
            detail = f"the body took longer than {seconds} s"
            raise _BrokenLimitError(408, "request_timeout", detail) from None
        return bytes(body)

    async def _cap(self, scope: Scope, cap: int, size: int) -> int:
        """Give the bytes that the request may send, given that it sends *size*."""
        if size <= cap:
            return cap
        larger = max(cap, await self.larger(scope))
        if size > larger:
            detail = f"a body here has at most {larger // KIB} KiB"
            raise _BrokenLimitError(413, "content_too_large", detail)
        return larger

    async def _serve(self, scope: Scope, receive: Receive, send: Send, *, seconds: float) -> None:
        started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            async with asyncio.timeout(seconds) as deadline:
                await self.app(scope, receive, send_noting_start)
        except TimeoutError:
            if not deadline.expired():
                raise
            if not started:
                late = Problem(
                    503,
                    "timeout",
                    "the answer took too long; trying again later is right",
                    {"Retry-After": str(RETRY_SECONDS)},
                )
                await late.response(scope)(scope, receive, send)


def _announced(scope: Scope) -> int | None:
    """Check the head; give the body's length, or None for a body that comes in chunks."""
    headers = scope["headers"]
    if len(scope["raw_path"]) + len(scope["query_string"]) > URL_BYTES:
        raise _BrokenLimitError(414, "uri_too_long", "an address has at most 4 KiB")
    if sum(len(name) + len(value) + 4 for name, value in headers) > HEADER_BYTES:
        raise _BrokenLimitError(431, "headers_too_large", "headers have at most 16 KiB")
    if any(name == b"content-encoding" and value.lower() != b"identity" for name, value in headers):
        raise _BrokenLimitError(415, "unsupported_encoding", "a body is sent as it is")
    lengths = [value for name, value in headers if name == b"content-length"]
    chunked = any(name == b"transfer-encoding" for name, _ in headers)
    if len(lengths) > 1 or (lengths and chunked) or not all(v.isdigit() for v in lengths):
        raise _BrokenLimitError(400, "bad_request", "the length of the body is not clear")
    if chunked:
        return None
    return int(lengths[0]) if lengths else 0


async def _drain(receive: Receive) -> None:
    """Take a little of what still comes: who is cut off in mid-sentence does not hear why."""
    taken = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            more = True
            while more and taken < _DRAIN_BYTES:
                message = await receive()
                taken += len(message.get("body", b""))
                more = message.get("more_body", False)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give the application the body at once, and afterwards whatever comes."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
