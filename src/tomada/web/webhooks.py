"""The door Pluggy knocks at."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from tomada.domain.clock import Clock
from tomada.domain.errors import RefusedError, UnavailableError
from tomada.telemetry import log
from tomada.web.answers import Answer
from tomada.web.auth import app_of
from tomada.web.describe import gives
from tomada.web.errors import RETRY_SECONDS, Problem, ProblemError
from tomada.web.limits import WEBHOOK_PATH
from tomada.web.schemas import ReceivedShape

router = APIRouter(tags=["webhooks"])

REFUSALS_PER_MINUTE = 60
_MINUTE = timedelta(minutes=1)
_ADDRESSES = 10_000


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often each address was refused within a minute, kept in memory for 10,000 of them.

    Who guesses secrets gets no more than sixty a minute looked at.
    """

    clock: Clock
    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict, repr=False)

    def too_many(self, address: str) -> bool:
        """Tell whether this address is not to be looked at for now."""
        times = self._seen.get(address)
        if times is None:
            return False
        while times and times[0] <= self.clock() - _MINUTE:
            times.popleft()
        return len(times) >= REFUSALS_PER_MINUTE

    def note(self, address: str) -> None:
        """Count one refusal."""
        self._seen.setdefault(address, deque(maxlen=REFUSALS_PER_MINUTE)).append(self.clock())
        self._seen.move_to_end(address)
        if len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)


@router.post(WEBHOOK_PATH, **gives(ReceivedShape))
async def pluggy(request: Request) -> Response:
    """Keep a delivery; 200 only once it is durable.

    Every refusal of a caller is the same to the byte, whatever was wrong with it. A failure of
    ours is 503, after which Pluggy delivers again.
    """
    _require_json(request)
    refusals: Refusals = request.app.state.refusals
    address = request.state.address
    if refusals.too_many(address):
        raise ProblemError(
            Problem(429, "too_many_attempts", "too many refused deliveries", {"Retry-After": "60"})
        )
    try:
        await app_of(request).inbox.accept(await request.body(), _headers(request), address)
    except RefusedError:
        refusals.note(address)
        return Answer({"error": "Forbidden"}, 403)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is ours, and Pluggy must deliver again)
        if not isinstance(error, UnavailableError):
            log.error("webhook_failed", kind=type(error).__name__)
        raise ProblemError(
            Problem(
                503,
                "unavailable",
                "the delivery could not be kept; deliver it again",
                {"Retry-After": str(RETRY_SECONDS)},
            )
        ) from None
    return Answer(ReceivedShape(received=True))


def _require_json(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise ProblemError(Problem(415, "unsupported_media_type", "a delivery is application/json"))


def _headers(request: Request) -> Mapping[str, list[str]]:
    """Give every header with all its values, since one that comes twice proves nothing."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name.lower(), []).append(value)
    return headers
