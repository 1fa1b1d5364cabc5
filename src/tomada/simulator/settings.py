"""Every setting of the simulator, its default, its sentence.

Where the provider's behaviour is not published the setting says so ("not published") and the
default is our reading of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypedDict

from tomada.simulator.payments.settings import PaymentSettings
from tomada.simulator.products.settings import ProductSettings

CLIENT_ID = "5b3c0b1e-7a54-4c1b-9d0e-70dada000001"
CLIENT_SECRET = "tomada-simulator-secret"  # noqa: S105  a public development key of a local tool

# Seconds before each attempt: three at once, three after an hour, three two hours after that.
PUBLISHED_RETRIES = (0.0, 0.0, 0.0, 3600.0, 0.0, 0.0, 7200.0, 0.0, 0.0)


class Delivering(TypedDict):
    """The settings in which the provider's two descriptions of its deliveries differ."""

    hook_retry: tuple[float, ...]
    hook_timeout: float
    hook_never_retry: frozenset[int]


# The pages of before autumn 2026: five seconds to answer, every failure is tried again.
OLDER_DELIVERY: Delivering = {
    "hook_retry": PUBLISHED_RETRIES,
    "hook_timeout": 5.0,
    "hook_never_retry": frozenset(),
}
# The newest: ten seconds to answer, the second round after a quarter of an hour, never after 401.
NEWEST_DELIVERY: Delivering = {
    "hook_retry": (0.0, 0.0, 0.0, 900.0, 0.0, 0.0, 7200.0, 0.0, 0.0),
    "hook_timeout": 10.0,
    "hook_never_retry": frozenset({401}),
}


def utc_now() -> datetime:
    """Read the machine's clock as an aware UTC instant."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatorSettings:
    """What one simulator is told at start; nothing here changes while it runs."""

    # Where it listens. Port 0 takes any free port.
    host: str = "127.0.0.1"
    port: int = 0
    # Speak TLS, with an authority made at start whose certificate is written into this file.
    tls_authority: Path | None = None
    # What it is called from outside, such as https://pluggy.example.com: the links in events
    # carry it, and browsers may open the control page under its name. None is the address above.
    origin: str | None = None
    # What it is: the same seed makes the same people, banks and movements.
    seed: int = 1
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    clock: Callable[[], datetime] = utc_now
    # The world is kept in this file between runs; None forgets it.
    state_file: Path | None = None

    # Seconds one whole execution takes; 0 still passes through every state.
    bank_delay: float = 0.0
    # Seconds between movements that happen by themselves (jittered by half); None is off.
    live_interval: float | None = None
    # How long an MFA prompt and a request for approval stay open.
    mfa_ttl: timedelta = timedelta(minutes=3)
    approval_ttl: timedelta = timedelta(minutes=15)
    # Seconds until an outstanding device approval (`user-ok-auth-pending`) comes by itself.
    device_approval_delay: float = 2.0
    # Hours between automatic runs; None turns them off, as for a trial application.
    auto_sync_hours: float | None = 24.0

    # Webhooks: seconds before each attempt, all multiplied by *retry_scale*. `**OLDER_DELIVERY` and
    # `**NEWEST_DELIVERY` are the two ways the provider has described; these are the strict of both.
    hook_retry: tuple[float, ...] = PUBLISHED_RETRIES
    retry_scale: float = 1.0
    hook_timeout: float = 5.0
    hook_concurrency: int = 16
    hook_backlog: int = 10_000
    # Answers that end the retries at once; the provider names 401, others are not published.
    hook_never_retry: frozenset[int] = frozenset({401})
    # Events given up in a row before a webhook is disabled (not published).
    hook_disable_after: int = 10
    # Accept http and local targets, which the real API refuses.
    relax_webhook_urls: bool = True
    webhooks_per_event: int = 5

    api_key_ttl: timedelta = timedelta(hours=2)
    connect_token_ttl: timedelta = timedelta(minutes=30)
    # Requests a minute, per address and endpoint family; None is no limit.
    requests_per_minute: int | None = 360
    item_updates_per_minute: int | None = 20

    # Rows on a page of v2/transactions, and the largest page elsewhere.
    page_size: int = 500
    # "gone" answers 410 as for applications made since June 2026.
    v1_transactions: Literal["ok", "gone"] = "ok"
    # The zone in which a bare date of a filter is read (not published).
    page_time_zone: str = "UTC"
    # Lists that name an unknown parent: 404, or an empty page (not published).
    unknown_parent: Literal["not_found", "empty"] = "not_found"
    # `clientUserId` on the item: sent by the real API, absent from its published schema.
    item_shows_client_user_id: bool = True
    # The error of an update during a run (status and code are not published exactly).
    already_updating: tuple[int, str] = (400, "ITEM_ALREADY_UPDATING")
    # Hours that must pass between updates by the client; 0 never refuses.
    min_update_frequency_hours: float = 0.0
    max_failed_logins: int = 2
    login_backoff: timedelta = timedelta(minutes=15)
    max_failed_runs: int = 5
    # One-step MFA: the sandbox knows one value only, so the same one may come again.
    mfa_value_may_repeat: bool = True
    items_limit: int | None = None
    # `GET /v2/items` is opt-in by agreement with the provider.
    list_items: bool = False

    # Investments, loans, consents, rules and the limits of Open Finance.
    products: ProductSettings = ProductSettings()  # noqa: RUF009  frozen, so one default serves all

    # The payments side has its own.
    payments: PaymentSettings = PaymentSettings()  # noqa: RUF009  frozen, so one default serves all

    # How much of the past is kept for the request log and the delivery log.
    log_size: int = 10_000
