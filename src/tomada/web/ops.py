"""Whether the program lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tomada.telemetry import log
from tomada.web.answers import Answer
from tomada.web.auth import app_of
from tomada.web.rules import Open

router = APIRouter(
    include_in_schema=False,
    dependencies=[Depends(Open("says only whether the program lives and can serve"))],
)

PING_SECONDS = 3
_KEEP_SECONDS = 1


@dataclass(slots=True)
class Readiness:
    """The answers of all components' pings, asked at most once a second by whoever asks."""

    pings: Mapping[str, Callable[[], Awaitable[None]]]
    _known: dict[str, bool] = field(default_factory=dict)
    _until: float = 0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def check(self) -> dict[str, bool]:
        """Tell of each component whether it answers within three seconds."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now >= self._until:
                answers = await asyncio.gather(*map(_answers, self.pings.values()))
                self._known = dict(zip(self.pings, answers, strict=True))
                self._until = asyncio.get_running_loop().time() + _KEEP_SECONDS
            return self._known


async def _answers(ping: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await ping()
    except Exception as error:  # noqa: BLE001  (whatever is wrong with it, it is not ready)
        log.warning("ping_failed", error=type(error).__name__)
        return False
    return True


@router.get("/healthz")
async def alive() -> Response:
    """Say that the program runs, and nothing else."""
    return Answer({"alive": True})


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """Say whether everything needed answers; which part does not, the monitor's listener says."""
    readiness: Readiness = request.app.state.readiness
    components = await readiness.check()
    is_ready = all(components.values())
    told: dict[str, object] = {"ready": is_ready}
    if app_of(request).settings.env == "development":
        told["components"] = components
    return Answer(told, 200 if is_ready else 503)
