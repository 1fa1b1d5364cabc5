"""The worker: jobs to services, chores by the clock, a clean end on request."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from pgqueuer import Job, PgQueuer

from tomada.bootstrap import App
from tomada.domain.errors import StaleWriterError, TomadaError
from tomada.domain.ids import ItemId
from tomada.metrics import CHORES, JOBS
from tomada.store.jobs import CLAIM_ITEM, END_ITEM, PRIVACY, SYNC_ITEM
from tomada.telemetry import log, where

# A dead worker's work is found again within lease (8 s) plus one look.
REQUEUE_EVERY = 2.0
_TELL_EVERY = 1.0
_MAIL_EVERY = 15.0
_TIDY_EVERY = 60.0
_MERGE_EVERY = 5.0
_COUNT_EVERY = 300.0
_HOURLY = 3600.0
_WATCH_EVERY = 60.0
_AGAIN_AFTER = 60.0
_HEARTBEAT = timedelta(seconds=5)
_LOOK_EVERY = timedelta(seconds=2)
_AT_ONCE = 20
_BATCH = 10
_DRAIN_SECONDS = 3.0
_RESTART_AFTER = 1.0

Chore = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Worker:
    """Runs until its context ends; any number of workers share the queue."""

    app: App

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work for the length of the block; then give jobs three seconds to end.

        What is cut off is done again by whoever looks next: a run's lease expires, and what was
        wanted stays wanted.
        """
        stop = asyncio.Event()
        tasks = [
            asyncio.create_task(self._queue(stop)),
            asyncio.create_task(self._webhook()),
            *(asyncio.create_task(self._every(*chore)) for chore in self.chores()),
        ]
        try:
            yield
        finally:
            stop.set()
            for task in tasks[1:]:
                task.cancel()
            await asyncio.wait(tasks[:1], timeout=_DRAIN_SECONDS)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def chores(self) -> tuple[tuple[float, Chore], ...]:
        """List what is done by the clock: seconds between two times, and what."""
        upkeep = self.app.upkeep
        return (
            (REQUEUE_EVERY, upkeep.requeue),
            (_TELL_EVERY, self.app.telling.product.deliver),
            (_MAIL_EVERY, self.app.telling.mail.deliver),
            (_TIDY_EVERY, upkeep.tidy),
            (_MERGE_EVERY, self.app.audit_log.tend),
            (_TIDY_EVERY, self.app.rekeying.advance_all),
            (_TIDY_EVERY, upkeep.read_overdue),
            (_TIDY_EVERY, self.app.privacy.sweep),
            (_TIDY_EVERY, self.app.privacy.retention.run_daily),
            (_TIDY_EVERY, self.app.refreshes.end_outages),
            (_TIDY_EVERY, self.app.categories.refresh),
            (_COUNT_EVERY, self.app.figures.count_items),
            (_HOURLY, self.app.figures.see_certificate),
        )

    def entrypoints(self) -> dict[str, Callable[[ItemId], Awaitable[None]]]:
        """Name the kinds of jobs, and what does them."""
        app = self.app
        return {
            SYNC_ITEM: app.reading.run,
            CLAIM_ITEM: app.claims.claim,
            END_ITEM: app.privacy.endings.end,
            PRIVACY: app.privacy.serve,
        }

    async def _every(self, seconds: float, chore: Chore) -> None:
        while True:
            pause = seconds
            try:
                await chore()
            except TomadaError as error:
                self.app.metrics.count(CHORES, chore=_name(chore))
                log.warning("chore_failed", code=error.code)
                pause = min(seconds, _AGAIN_AFTER)
            except Exception as error:  # noqa: BLE001  (a chore that fails once must come back)
                self.app.metrics.count(CHORES, chore=_name(chore))
                log.error("chore_broke", error=where(error))
                pause = min(seconds, _AGAIN_AFTER)
            await asyncio.sleep(pause)

    async def _webhook(self) -> None:
        """Check the webhook at the start, whoever did before, and then when an hour has passed."""
        checked = False

        async def look() -> None:
            nonlocal checked
            await (self.app.upkeep.watch_webhook if checked else self.app.upkeep.check_webhook)()
            checked = True

        await self._every(_WATCH_EVERY, look)

    async def _queue(self, stop: asyncio.Event) -> None:
        """Serve the queue; a lost database connection is waited out."""
        while not stop.is_set():
            queue = PgQueuer.from_asyncpg_pool(self.app.store.pool)
            for name in self.entrypoints():
                queue.entrypoint(name, on_failure="delete")(self._do)
            queue.shutdown = queue.qm.shutdown = stop
            try:
                await queue.qm.run(
                    dequeue_timeout=_LOOK_EVERY,
                    batch_size=_BATCH,
                    max_concurrent_tasks=_AT_ONCE,
                    heartbeat_timeout=_HEARTBEAT,
                    # A listener that died is noticed by its health check; then all is set up anew.
                    shutdown_on_listener_failure=False,
                )
            except Exception as error:  # noqa: BLE001  (whatever ended it, the queue must be served)
                log.warning("queue_interrupted", error=where(error))
            if not stop.is_set():
                await asyncio.sleep(_RESTART_AFTER)

    async def _do(self, job: Job) -> None:
        """Do a job; what fails here is found again by ``requeue``, never by the queue."""
        kind, outcome = str(job.entrypoint), "failed"
        work = self.entrypoints()[kind]
        try:
            await work(ItemId((job.payload or b"").decode()))
            outcome = "done"
        except StaleWriterError:
            log.info("run_overtaken")
        except TomadaError as error:
            log.warning("job_failed", kind=kind, code=error.code)
        finally:
            self.app.metrics.count(JOBS, kind=kind, outcome=outcome)


def _name(chore: Chore) -> str:
    return getattr(chore, "__name__", "chore")
