"""Every figure that is told to Prometheus: its name, its meaning and the values of its labels.

No label can carry what a person, an item or a text is called: a label's values are a closed list
here, or words of our own program of which the first few dozen are taken; what is beyond is
``other``. So the number of series has an upper bound, whatever happens.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

Kind = Literal["counter", "gauge", "histogram"]
OTHER = "other"
_NOTHING = float("nan")


@dataclass(frozen=True, slots=True)
class Words:
    """Label values that code of ours makes: the first *most* different ones are taken."""

    most: int


@dataclass(frozen=True, slots=True)
class Name:
    """One figure; *labels* gives each label's values."""

    name: str
    kind: Kind
    meaning: str
    labels: Mapping[str, tuple[str, ...] | Words] = field(default_factory=dict)
    buckets: tuple[float, ...] = ()

    @property
    def most_series(self) -> int:
        """The most series it can have in one process."""
        each = {"counter": 2, "gauge": 1, "histogram": len(self.buckets) + 4}[self.kind]
        for values in self.labels.values():
            each *= (values.most if isinstance(values, Words) else len(values)) + 1
        return each


Delivery = Literal[
    "new", "done", "unbound", "duplicate", "conflict", "quarantined", "refused", "limited", "failed"
]
_FAMILIES = Words(16)
_PRODUCTS = Words(12)
_SECONDS = (0.005, 0.025, 0.1, 0.25, 1.0, 2.0, 5.0)
_LONGER = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 3600.0)

SYNCS = Name(
    "tomada_syncs",
    "counter",
    "Readings of a connection that ended: done, refused by the bank or by us, failed and tried"
    " again, or parked until somebody asks",
    {"outcome": ("done", "refused", "failed", "parked")},
)
SYNC_FAILURES = Name(
    "tomada_sync_failures",
    "counter",
    "Readings that did not end well, by the error's code",
    {"code": Words(60)},
)
SYNC_SECONDS = Name("tomada_sync_seconds", "histogram", "How long a reading took", buckets=_LONGER)
DELIVERIES = Name(
    "tomada_webhook_deliveries",
    "counter",
    "Webhook deliveries: kept as new work, kept and nothing to do, kept until its item is known,"
    " repeated, repeated with another body, set aside, refused as not Pluggy's, refused without"
    " looking because the address was refused too often, failed by our fault",
    {"outcome": get_args(Delivery)},
)
REFUSALS = Name(
    "tomada_webhook_refusals",
    "counter",
    "Deliveries refused, by the proof that was missing",
    {"reason": ("hook", "secret", "signature", "source")},
)
WEBHOOK_SECONDS = Name(
    "tomada_webhook_answer_seconds",
    "histogram",
    "How long a delivery waited for its answer",
    buckets=_SECONDS,
)
VISIBLE_SECONDS = Name(
    "tomada_event_visible_seconds",
    "histogram",
    "From a webhook's arrival to its news in the ledger",
    buckets=_LONGER,
)
PUSH_SECONDS = Name(
    "tomada_push_delay_seconds",
    "histogram",
    "From the time of a feed entry to its sending to an open page",
    buckets=(0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0),
)
STREAMS = Name("tomada_push_connections", "gauge", "Open streams of this process")
CALLS = Name(
    "tomada_pluggy_calls",
    "counter",
    "Calls to Pluggy, each attempt, by endpoint family and outcome",
    {"family": _FAMILIES, "outcome": Words(20)},
)
CALL_SECONDS = Name(
    "tomada_pluggy_call_seconds",
    "histogram",
    "How long Pluggy took to answer",
    {"family": _FAMILIES},
    buckets=(0.1, 0.25, 1.0, 5.0, 30.0),
)
RATE_LIMITED = Name(
    "tomada_pluggy_rate_limited",
    "counter",
    "Answers 429 by Pluggy; with a limiter that works there is none",
    {"family": _FAMILIES},
)
KEY_ERRORS = Name(
    "tomada_kms_errors",
    "counter",
    "Times the master key could not be used",
    {"operation": ("describe", "wrap", "unwrap")},
)
SIGN_INS = Name(
    "tomada_sign_ins",
    "counter",
    "Sign-ins by outcome",
    {"outcome": ("done", "wrong", "limited")},
)
REQUESTS = Name(
    "tomada_http_requests",
    "counter",
    "Requests answered, by the route's template and class of status",
    {"route": Words(160), "status": ("2xx", "3xx", "4xx", "5xx")},
)
REQUEST_SECONDS = Name(
    "tomada_http_seconds",
    "histogram",
    "How long requests took, by what they are for",
    {"area": ("api", "dashboard", "webhook", "static", "health")},
    buckets=_SECONDS,
)
JOBS = Name(
    "tomada_jobs",
    "counter",
    "Jobs that ended",
    {"kind": Words(10), "outcome": ("done", "failed")},
)
CHORES = Name(
    "tomada_chore_failures",
    "counter",
    "Chores of the worker that failed; each is done again by the clock",
    {"chore": Words(40)},
)
SCRAPES = Name("tomada_scrapes", "counter", "How often these figures were fetched by a monitor")
LAST_SCRAPE = Name(
    "tomada_last_scrape_timestamp_seconds", "gauge", "When a monitor fetched these figures before"
)

COMPONENTS = Name(
    "tomada_component_up",
    "gauge",
    "1 where the component answers; the list is that of /readyz",
    {"component": Words(12)},
)
INBOX = Name(
    "tomada_inbox_events",
    "gauge",
    "Events of the inbox that are not done, by state",
    {"state": ("new", "unbound", "parked", "quarantined")},
)
INBOX_AGE = Name(
    "tomada_inbox_age_seconds", "gauge", "The age of the oldest event that waits for its reading"
)
LAST_DELIVERY = Name(
    "tomada_webhook_last_delivery_timestamp_seconds", "gauge", "When the latest event came in"
)
DRIFT = Name(
    "tomada_webhook_drift_timestamp_seconds",
    "gauge",
    "When a check last found the webhook at Pluggy amiss, by what was amiss",
    {"drift": ("absent", "address", "event", "disabled", "header", "secret", "limit")},
)
CHECKED = Name(
    "tomada_webhook_checked_timestamp_seconds",
    "gauge",
    "When the webhook at Pluggy was last looked at",
)
QUEUE = Name("tomada_jobs_waiting", "gauge", "Jobs that could start and have not")
QUEUE_WAIT = Name("tomada_job_wait_seconds", "gauge", "How long the oldest of these has waited")
PARKED = Name(
    "tomada_jobs_dead",
    "gauge",
    "Connections whose reading failed so often that it waits for somebody",
)
ALLOWANCE_USED = Name(
    "tomada_pluggy_allowance_used",
    "gauge",
    "Calls of the latest window, of all processes, by endpoint family",
    {"family": _FAMILIES},
)
ALLOWANCE = Name(
    "tomada_pluggy_allowance",
    "gauge",
    "Calls that are allowed in a window",
    {"family": _FAMILIES},
)
CLOCK = Name(
    "tomada_clock_skew_seconds", "gauge", "The database server's clock minus this process's"
)
POOL = Name(
    "tomada_database_connections",
    "gauge",
    "Connections of this process to the database",
    {"state": ("busy", "idle")},
)

ITEMS = Name(
    "tomada_items",
    "gauge",
    "Connections by Pluggy's status",
    {"status": ("UPDATED", "UPDATING", "OUTDATED", "LOGIN_ERROR", "WAITING_USER_INPUT", "DELETED")},
)
DUE = Name(
    "tomada_items_auto_sync_due",
    "gauge",
    "Connections that Pluggy should have read by itself, and nobody told us of it: over half an"
    " hour late",
)
FRESHNESS = Name(
    "tomada_freshness_seconds",
    "gauge",
    "The age of the bank's data by product, of the oldest connection that is kept up",
    {"product": _PRODUCTS},
)
STALE = Name(
    "tomada_products_stale",
    "gauge",
    "Connections whose product is late or incomplete",
    {"product": _PRODUCTS},
)
COUNTED_AT = Name(
    "tomada_items_counted_timestamp_seconds",
    "gauge",
    "When this process last went through all connections; workers do, every five minutes",
)

GAPS = Name(
    "tomada_balance_gaps", "gauge", "Accounts whose movements do not add up to the bank's balance"
)
ANCHORED = Name(
    "tomada_audit_anchor_timestamp_seconds",
    "gauge",
    "When the audit logs were last anchored outside of the database",
)
ENDINGS = Name(
    "tomada_deletions_waiting_seconds",
    "gauge",
    "How long Pluggy has been asked to delete the oldest connection it still has",
)
BACKED_UP = Name("tomada_backup_timestamp_seconds", "gauge", "When the latest backup was made")
VERIFIED = Name(
    "tomada_backup_verified_timestamp_seconds",
    "gauge",
    "When a backup was last restored and compared, by outcome",
    {"outcome": ("done", "failed")},
)
CERTIFICATE = Name(
    "tomada_certificate_end_timestamp_seconds",
    "gauge",
    "When the certificate at the public address ends",
)

NAMES: tuple[Name, ...] = (
    SYNCS, SYNC_FAILURES, SYNC_SECONDS, DELIVERIES, REFUSALS, WEBHOOK_SECONDS, VISIBLE_SECONDS,
    PUSH_SECONDS, STREAMS, CALLS, CALL_SECONDS, RATE_LIMITED, KEY_ERRORS, SIGN_INS, REQUESTS,
    REQUEST_SECONDS, JOBS, CHORES, SCRAPES, LAST_SCRAPE, COMPONENTS, INBOX, INBOX_AGE,
    LAST_DELIVERY, DRIFT, CHECKED, QUEUE, QUEUE_WAIT, PARKED, ALLOWANCE_USED, ALLOWANCE, CLOCK,
    POOL, ITEMS, DUE, FRESHNESS, STALE, COUNTED_AT, GAPS, ANCHORED,
    ENDINGS, BACKED_UP, VERIFIED, CERTIFICATE,
)  # fmt: skip


def samples_of(name: Name) -> Iterator[str]:
    """Give the names under which Prometheus knows the figure's samples."""
    match name.kind:
        case "counter":
            yield f"{name.name}_total"
        case "gauge":
            yield name.name
        case "histogram":
            yield from (f"{name.name}_{part}" for part in ("bucket", "count", "sum"))


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _made: dict[str, Counter | Gauge | Histogram] = field(default_factory=dict, repr=False)
    _seen: dict[tuple[str, str], set[str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Make all of them, so that each is there before anything has happened."""
        for name in NAMES:
            self._made[name.name] = self._make(name)

    def count(self, name: Name, **labels: str) -> None:
        """Count one more."""
        child = self._child(name, labels)
        assert isinstance(child, Counter)  # noqa: S101  (the name says so)
        child.inc()

    def observe(self, name: Name, value: float, **labels: str) -> None:
        """Take one more value into a distribution."""
        child = self._child(name, labels)
        assert isinstance(child, Histogram)  # noqa: S101  (the name says so)
        child.observe(value)

    def set(self, name: Name, value: float, **labels: str) -> None:
        """Say how much it is now."""
        child = self._child(name, labels)
        assert isinstance(child, Gauge)  # noqa: S101  (the name says so)
        child.set(value)

    def unknown(self, *names: Name) -> None:
        """Say that it is not known how much these gauges are: an old value would look like one."""
        for name in names:
            made = self._made[name.name]
            if name.labels:
                made.clear()
            else:
                self.set(name, _NOTHING)

    def text(self) -> bytes:
        """Write them all in Prometheus's format."""
        return generate_latest(self.registry)

    def _make(self, name: Name) -> Counter | Gauge | Histogram:
        labels = tuple(name.labels)
        match name.kind:
            case "counter":
                made: Counter | Gauge | Histogram = Counter(
                    name.name, name.meaning, labels, registry=self.registry
                )
            case "gauge":
                made = Gauge(name.name, name.meaning, labels, registry=self.registry)
            case "histogram":
                made = Histogram(
                    name.name, name.meaning, labels, registry=self.registry, buckets=name.buckets
                )
        if len(name.labels) == 1 and name.kind != "gauge":
            (values,) = name.labels.values()
            # A rate needs the zero before the first one.
            for value in () if isinstance(values, Words) else values:
                made.labels(value)
        return made

    def _child(self, name: Name, labels: Mapping[str, str]) -> Counter | Gauge | Histogram:
        made = self._made[name.name]
        if not labels:
            return made
        return made.labels(**{one: self._admitted(name, one, labels[one]) for one in name.labels})

    def _admitted(self, name: Name, label: str, value: str) -> str:
        allowed = name.labels[label]
        if not isinstance(allowed, Words):
            return value if value in allowed else OTHER
        seen = self._seen.setdefault((name.name, label), set())
        if value not in seen and len(seen) >= allowed.most:
            return OTHER
        seen.add(value)
        return value
