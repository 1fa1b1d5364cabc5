"""Remember the API requests that came in, for tests that ask what a client did."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tomada.simulator.settings import SimulatorSettings


@dataclass(slots=True)
class Recorded:
    """One request; *status* is None until its answer began."""

    at: datetime
    method: str
    path: str
    query: str
    status: int | None = None


@dataclass(slots=True, repr=False)
class Recorder:
    """The request log of one world; the control API and the Connect page are not in it."""

    settings: SimulatorSettings
    log: deque[Recorded] = field(init=False)

    def __post_init__(self) -> None:
        self.log = deque(maxlen=self.settings.log_size)

    def begin(self, scope: Scope) -> Recorded:
        """Note a request."""
        entry = Recorded(
            at=self.settings.clock(),
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
        )
        self.log.append(entry)
        return entry


@dataclass(frozen=True, slots=True, repr=False)
class RecordMiddleware:
    """Put every API request into the recorder."""

    app: ASGIApp
    recorder: Recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the request, then its answer's status."""
        if scope["type"] != "http" or not is_api(scope["path"]):
            await self.app(scope, receive, send)
            return
        entry = self.recorder.begin(scope)

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        await self.app(scope, receive, noted)


def is_api(path: str) -> bool:
    """Say whether *path* belongs to the provider's API and not to the simulator's own pages."""
    return path != "/" and not path.startswith(("/_", "/favicon", "/pluggy-connect/"))
