"""The door Pluggy knocks at."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from tomada.bootstrap import App
from tomada.domain.clock import Clock
from tomada.domain.errors import UnavailableError
from tomada.metrics import DELIVERIES, REFUSALS, Metrics
from tomada.services.inbox import ForbiddenError
from tomada.telemetry import log, where
from tomada.web.answers import Answer
from tomada.web.auth import app_of
from tomada.web.describe import gives
from tomada.web.errors import RETRY_SECONDS, Problem, ProblemError
from tomada.web.limits import WEBHOOK_PATH, Larger, is_webhook
from tomada.web.rules import Open
from tomada.web.schemas import ForbiddenShape, ReceivedShape

router = APIRouter(
    tags=["webhooks"], dependencies=[Depends(Open("the secret of the registered webhook"))]
)

REFUSALS_PER_MINUTE = 60
_MINUTE = timedelta(minutes=1)
_ADDRESSES = 10_000
_TOO_MANY = Problem(429, "too_many_attempts", "too many refused deliveries", {"Retry-After": "60"})
_OURS = Problem(
    503,
    "unavailable",
    "the delivery could not be kept; deliver it again",
    {"Retry-After": str(RETRY_SECONDS)},
)


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often each address was refused within a minute, kept in memory for 10,000 of them.

    Who guesses secrets is told no more than sixty times a minute that it was wrong.
    """

    clock: Clock
    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict, repr=False)

    def too_many(self, address: str) -> bool:
        """Tell whether this address gets no answer to its guesses for now."""
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


def larger_bodies(app: App) -> Larger:
    """Say how large a delivery may be that outgrows what every stranger may send.

    A head that bears the secret is asked for before memory is given. Without a secret header there
    is nothing in a head to ask for, and everybody may send so much.
    """

    async def larger(scope: Scope) -> int:
        if not is_webhook(scope["path"]):
            return 0
        headers = _headers(Headers(scope=scope))
        single = {name: values[0] for name, values in headers.items() if len(values) == 1}
        try:
            known = await app.inbox.hooks.known_by_head(single)
        except UnavailableError:
            raise ProblemError(_OURS) from None
        return app.settings.webhook_max_bytes if known else 0

    return larger


@router.post(WEBHOOK_PATH, **gives(ReceivedShape, others={403: ForbiddenShape}))
@router.post(WEBHOOK_PATH + "/{locator}", include_in_schema=False)
async def pluggy(request: Request) -> Response:
    """Keep a delivery; 200 only once it is durable.

    Every refusal of a caller is the same to the byte, whatever was wrong with it, and so is one to
    a webhook that is not there. A failure of ours is 503, after which Pluggy delivers again.
    """
    locator = request.path_params.get("locator")
    _require_json(request)
    headers, address = _headers(request.headers), request.state.address
    metrics = app_of(request).metrics
    try:
        await app_of(request).inbox.accept(await request.body(), headers, address, locator=locator)
    except ForbiddenError as error:
        return _refuse(request.app.state.refusals, address, error, metrics)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is ours, and Pluggy must deliver again)
        metrics.count(DELIVERIES, outcome="failed")
        if not isinstance(error, UnavailableError):
            log.error("webhook_failed", error=where(error))
        raise ProblemError(_OURS) from None
    return Answer(ReceivedShape(received=True))


def _refuse(refusals: Refusals, address: str, error: ForbiddenError, metrics: Metrics) -> Response:
    """Answer a forged delivery; a genuine one is never counted, nor refused for the others."""
    if refusals.too_many(address):
        metrics.count(DELIVERIES, outcome="limited")
        raise ProblemError(_TOO_MANY)
    refusals.note(address)
    metrics.count(DELIVERIES, outcome="refused")
    metrics.count(REFUSALS, reason=error.reason)
    log.warning("webhook_refused", reason=error.reason)
    return Answer(ForbiddenShape(error="Forbidden"), 403)


def _require_json(request: Request) -> None:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise ProblemError(Problem(415, "unsupported_media_type", "a delivery is application/json"))


def _headers(sent: Headers) -> Mapping[str, list[str]]:
    """Give every header with all its values, since one that comes twice proves nothing."""
    headers: dict[str, list[str]] = {}
    for name, value in sent.items():
        headers.setdefault(name.lower(), []).append(value)
    return headers
