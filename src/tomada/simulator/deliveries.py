"""Carry events to their receivers: attempts, the retry schedule, and a log of every attempt.

Each delivery is a task; at most *hook_concurrency* requests are under way at once and at most
*hook_backlog* deliveries wait. What is still waiting when the world stops is dropped.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from tomada.simulator.clock import WorldClock
from tomada.simulator.settings import SimulatorSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on its way to one receiver."""

    event_id: str
    event: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    webhook_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a delivery: what the receiver said, or why it could not."""

    at: datetime
    event_id: str
    event: str
    url: str
    number: int
    status: int | None = None
    error: str | None = None
    dropped: bool = False


@dataclass(slots=True, repr=False)
class Courier:
    """The sender. `running()` must be entered before anything is sent."""

    settings: SimulatorSettings
    clock: WorldClock
    # Told the webhook's id and whether the delivery arrived in the end.
    on_end: Callable[[str, bool], None]
    # The way to the receivers; None is the network. Set it before `running()` is entered.
    transport: httpx2.AsyncBaseTransport | None = None
    log: deque[Attempt] = field(init=False)
    _client: httpx2.AsyncClient | None = None
    _gate: asyncio.Semaphore = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.log = deque(maxlen=self.settings.log_size)
        # Under a clock that stands the order of arrival is part of what repeats.
        at_once = 1 if self.clock.still else self.settings.hook_concurrency
        self._gate = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep the HTTP client open; on leaving, drop what has not been delivered."""
        async with httpx2.AsyncClient(
            timeout=self.settings.hook_timeout,
            follow_redirects=False,
            trust_env=False,
            transport=self.transport,
        ) as client:
            self._client = client
            try:
                yield
            finally:
                await self.clear()
                self._client = None

    async def clear(self) -> None:
        """Drop every delivery that waits or is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def pending(self) -> int:
        """Count the deliveries that wait or are under way."""
        return len(self._tasks)

    def send(self, delivery: Delivery, *, wait: float = 0.0) -> None:
        """Deliver in the background, *wait* seconds from now."""
        if len(self._tasks) >= self.settings.hook_backlog:
            self.drop(delivery)
            return
        task = self.clock.spawn(self._deliver(delivery, wait), outside=True)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def drop(self, delivery: Delivery) -> None:
        """Log a delivery that is lost on purpose or for want of room."""
        self._log(delivery, number=0, dropped=True)

    async def _deliver(self, delivery: Delivery, wait: float) -> None:
        await self.clock.sleep(wait)
        arrived = False
        for number, pause in enumerate(self._pauses(delivery), start=1):
            await self.clock.sleep(pause * self.settings.retry_scale)
            async with self._gate:
                status = await self._attempt(delivery, number)
            arrived = status is not None and 200 <= status < 300  # noqa: PLR2004  the 2xx range
            if arrived or status in self.settings.hook_never_retry:
                break
        if delivery.webhook_id is not None:
            self.on_end(delivery.webhook_id, arrived)

    def _pauses(self, delivery: Delivery) -> tuple[float, ...]:
        # This one event is tried three times and never later.
        short = delivery.event == "item/login_succeeded"
        return self.settings.hook_retry[: 3 if short else None]

    async def _attempt(self, delivery: Delivery, number: int) -> int | None:
        if self._client is None:
            self.drop(delivery)
            return None
        try:
            async with asyncio.timeout(self.settings.hook_timeout):
                answer = await self._client.post(
                    delivery.url,
                    content=delivery.body,
                    headers={**delivery.headers, "Content-Type": "application/json"},
                )
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError) as failure:
            self._log(delivery, number=number, error=str(failure) or type(failure).__name__)
            return None
        self._log(delivery, number=number, status=answer.status_code)
        return answer.status_code

    def _log(
        self,
        delivery: Delivery,
        *,
        number: int,
        status: int | None = None,
        error: str | None = None,
        dropped: bool = False,
    ) -> None:
        self.log.append(
            Attempt(
                at=self.clock(),
                event_id=delivery.event_id,
                event=delivery.event,
                url=delivery.url,
                number=number,
                status=status,
                error=error,
                dropped=dropped,
            )
        )
