"""The figures that the database knows: put into the gauges when a monitor asks.

What could not be asked is shown as unknown, never as the value it had before.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from tomada import metrics as names
from tomada.domain.audit import INSTALLATION
from tomada.domain.backups import BACKUP_MADE, BACKUP_VERIFIED
from tomada.domain.clock import Clock
from tomada.domain.errors import TomadaError
from tomada.metrics import Metrics
from tomada.pluggy.calls import CallRecord
from tomada.pluggy.limits import PUBLISHED, SPECIAL
from tomada.store.figures import FigureRows, HookState, ItemState
from tomada.store.inbox_desk import InboxDeskRows
from tomada.store.tx import Store
from tomada.telemetry import log

_ASKED = (
    names.INBOX, names.INBOX_AGE, names.LAST_DELIVERY, names.DRIFT, names.CHECKED, names.QUEUE,
    names.QUEUE_WAIT, names.PARKED, names.ALLOWANCE_USED, names.ALLOWANCE, names.CLOCK,
    names.ANCHORED, names.ENDINGS,
)  # fmt: skip
_WINDOW = timedelta(seconds=PUBLISHED.seconds)
_LATE = timedelta(minutes=30)
_AT_ONCE = 200
_TLS_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """Looks, and changes nothing but the gauges."""

    store: Store
    clock: Clock
    metrics: Metrics
    origin: str = ""

    async def gather(self, components: Mapping[str, bool]) -> bytes:
        """Give all figures in Prometheus's format; *components* are the answers to the pings."""
        self.metrics.unknown(names.COMPONENTS)
        for component, up in components.items():
            self.metrics.set(names.COMPONENTS, float(up), component=component)
        idle, size = self.store.pool.get_idle_size(), self.store.pool.get_size()
        self.metrics.set(names.POOL, idle, state="idle")
        self.metrics.set(names.POOL, size - idle, state="busy")
        self.metrics.unknown(*_ASKED)
        try:
            await self._ask()
        except TomadaError as error:
            log.warning("figures_missing", code=error.code)
        return self.metrics.text()

    async def _ask(self) -> None:
        now = self.clock()
        async with self.store.begin() as tx:
            rows = FigureRows(tx)
            server_now = await rows.now()
            inbox = await rows.inbox()
            latest, oldest = await InboxDeskRows(tx).times()
            # Jobs are timed by the server's own clock.
            queue = await rows.queue(now=server_now)
            hook = await rows.hook()
            anchored, ending = await rows.anchored(), await rows.ending_since()
            used = await rows.allowances(since=server_now - _WINDOW)
        put = self.metrics.set
        put(names.CLOCK, (server_now - now).total_seconds())
        for state in ("new", "unbound", "parked", "quarantined"):
            put(names.INBOX, inbox.get(state, 0), state=state)
        put(names.INBOX_AGE, _age(oldest, now))
        if latest is not None:
            put(names.LAST_DELIVERY, latest.timestamp())
        put(names.QUEUE, queue.waiting)
        put(names.QUEUE_WAIT, _age(queue.since, server_now))
        put(names.PARKED, queue.parked)
        put(names.ENDINGS, _age(ending, now))
        if anchored is not None:
            put(names.ANCHORED, anchored.timestamp())
        for family, places in used.items():
            put(names.ALLOWANCE_USED, places, family=family)
            put(names.ALLOWANCE, SPECIAL.get(family, PUBLISHED).requests, family=family)
        if hook is not None:
            self._tell_hook(hook)

    def _tell_hook(self, hook: HookState) -> None:
        if hook.checked_at is not None:
            self.metrics.set(names.CHECKED, hook.checked_at.timestamp())
        if hook.drift is not None and hook.drift_at is not None:
            self.metrics.set(names.DRIFT, hook.drift_at.timestamp(), drift=hook.drift)

    async def count_items(self) -> None:
        """Go through all connections and say how they stand; a worker's chore."""
        found: list[ItemState] = []
        gaps, last, more = 0, None, True
        while more:
            async with self.store.begin() as tx:
                entities = await FigureRows(tx).entities(after=last, limit=_AT_ONCE)
            for entity in entities:
                async with self.store.begin(entity) as tx:
                    found += await FigureRows(tx).items()
                    gaps += await FigureRows(tx).gaps()
            last = entities[-1] if entities else None
            more = len(entities) == _AT_ONCE
        self._tell_items(found)
        self.metrics.set(names.GAPS, gaps)
        await self._tell_backups()

    async def _tell_backups(self) -> None:
        async with self.store.begin(INSTALLATION) as tx:
            latest = await FigureRows(tx).latest_actions((BACKUP_MADE, BACKUP_VERIFIED))
        for (action, outcome), at in latest.items():
            if action == BACKUP_VERIFIED:
                self.metrics.set(names.VERIFIED, at.timestamp(), outcome=outcome)
            elif outcome == "done":
                self.metrics.set(names.BACKED_UP, at.timestamp())

    async def see_certificate(self) -> None:
        """Look when the certificate at the public address ends; a worker's chore.

        It is asked of the address itself, so that it is the one that people get.
        """
        parts = urlsplit(self.origin)
        self.metrics.unknown(names.CERTIFICATE)
        if parts.scheme != "https" or parts.hostname is None:
            return
        try:
            async with asyncio.timeout(_TLS_SECONDS):
                _, writer = await asyncio.open_connection(
                    parts.hostname, parts.port or 443, ssl=ssl.create_default_context()
                )
        except (OSError, TimeoutError) as error:
            log.warning("certificate_unseen", error=type(error).__name__)
            return
        ends = writer.get_extra_info("peercert")["notAfter"]
        writer.close()
        self.metrics.set(names.CERTIFICATE, ssl.cert_time_to_seconds(ends))

    def _tell_items(self, items: Iterable[ItemState]) -> None:
        now = self.clock()
        statuses: dict[str, int] = {}
        oldest: dict[str, float] = {}
        stale: dict[str, int] = {}
        due = 0
        for item in items:
            statuses[item.status] = statuses.get(item.status, 0) + 1
            late = False
            for product, complete, as_of, expected in item.products:
                stale.setdefault(product, 0)
                behind = expected is not None and expected + _LATE < now
                late = late or behind
                stale[product] += not complete or behind
                if complete and as_of is not None:
                    oldest[product] = max(oldest.get(product, 0.0), _age(as_of, now))
            due += late
        put = self.metrics.set
        self.metrics.unknown(names.ITEMS, names.FRESHNESS, names.STALE)
        for status, n in statuses.items():
            put(names.ITEMS, n, status=status)
        for product, age in oldest.items():
            put(names.FRESHNESS, age, product=product)
        for product, n in stale.items():
            put(names.STALE, n, product=product)
        put(names.DUE, due)
        put(names.COUNTED_AT, now.timestamp())


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def counted(metrics: Metrics) -> Callable[[CallRecord], None]:
    """Give what counts each call to Pluggy and says of it what names nobody."""

    def note(call: CallRecord) -> None:
        metrics.count(names.CALLS, family=call.family, outcome=call.outcome)
        metrics.observe(names.CALL_SECONDS, call.seconds, family=call.family)
        if call.status == HTTPStatus.TOO_MANY_REQUESTS:
            metrics.count(names.RATE_LIMITED, family=call.family)
        log.info(
            "pluggy_called",
            method=call.method, route=call.route, outcome=call.outcome, status=call.status,
            tries=call.attempt, seconds=round(call.seconds, 3),
        )  # fmt: skip

    return note
