"""Having Pluggy read a bank again: when that is possible, and why not when it is not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tomada.domain.items import NEEDS_PERSON, Item

RefreshObstacle = Literal[
    "updating",
    "needs_you",
    "cooldown",
    "too_early",
    "login_backoff",
    "too_many_errors",
    "disabled",
    "quota",
    "offline",
    "gone",
    "unknown",
]
"""Why a bank cannot be read again now.

It is being read; the person has to act first; it was just asked for; Pluggy allows it later;
Pluggy waits after failed logins; too many runs failed in a row; the application may not; the
month's quota at the bank; the bank is offline; Pluggy has no such item; something it did not name.
"""
OUTAGE_TRIES = 5
OUTAGE_PAUSE = timedelta(hours=1)

# Pluggy's words for a refused update (``pluggy-api.md`` 4.5).
_BY_CODE: dict[str, RefreshObstacle] = {
    "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY": "too_early",
    "TOO_MANY_CONSECUTIVE_LOGIN_FAILURES": "login_backoff",
    "TOO_MANY_CONSECUTIVE_ERRORS": "too_many_errors",
    "LAST_EXECUTION_HAD_LOGIN_ERROR": "needs_you",
    "CONNECTOR_REQUIRED_PARAMETER_VALIDATION_ERROR": "needs_you",
    "MFA_PARAMERTER_WAS_ALREADY_USED_ERROR": "needs_you",
    "CONNECTOR_VALIDATION_ERROR": "needs_you",
    "ITEM_ALREADY_UPDATING": "updating",
    "ITEM_IS_ALREADY_UPDATING": "updating",
    "CLIENT_HAS_ITEM_UPDATES_DISABLED": "disabled",
    "SANDBOX_CLIENT_ITEM_UPDATE_NOT_ALLOWED": "disabled",
    "CONNECTOR_OFFLINE": "offline",
}
# How long a refusal is believed that names no end.
_BELIEVED: dict[RefreshObstacle, timedelta] = {
    "too_early": timedelta(hours=1),
    "login_backoff": timedelta(minutes=15),
    "too_many_errors": timedelta(hours=24),
    "needs_you": timedelta(hours=1),
    "disabled": timedelta(hours=24),
    "offline": timedelta(minutes=15),
}


@dataclass(frozen=True, slots=True)
class Refresh:
    """Whether a refresh is possible now; *at* is when it may be again, where that is known."""

    obstacle: RefreshObstacle | None = None
    at: datetime | None = None

    @property
    def possible(self) -> bool:
        """Nothing stands in its way that is known of."""
        return self.obstacle is None


@dataclass(frozen=True, slots=True)
class RefreshHistory:
    """What is remembered of an item's refreshes.

    *asked_at* is the latest that Pluggy accepted, *refused* the obstacle it named since, held
    until *refused_until*. An outage has its beginning, its tries and the last one's time.
    """

    asked_at: datetime | None = None
    refused: RefreshObstacle | None = None
    refused_until: datetime | None = None
    outage_since: datetime | None = None
    outage_tries: int = 0
    outage_tried_at: datetime | None = None
    given_up_at: datetime | None = None


def obstacle_of(code: str | None) -> RefreshObstacle:
    """Name the obstacle behind Pluggy's word."""
    return _BY_CODE.get(code or "", "unknown")


def believed_until(
    obstacle: RefreshObstacle, told: datetime | None, *, now: datetime
) -> datetime | None:
    """Say until when a refusal holds; None where it says nothing of the next try."""
    if told is not None and told > now:
        return told
    pause = _BELIEVED.get(obstacle)
    return None if pause is None else now + pause


def refresh_of(
    item: Item, history: RefreshHistory, *, quota: Refresh, cooldown: timedelta, now: datetime
) -> Refresh:
    """Say whether *item* may be refreshed by a person; the hardest obstacle comes first."""
    standing = _obstacle_in(item)
    if standing is not None:
        return Refresh(standing)
    if not quota.possible:
        return quota
    if history.refused is not None and (history.refused_until or now) > now:
        return Refresh(history.refused, history.refused_until)
    if history.asked_at is not None and history.asked_at + cooldown > now:
        return Refresh("cooldown", history.asked_at + cooldown)
    return Refresh()


def _obstacle_in(item: Item) -> RefreshObstacle | None:
    if item.status == "DELETED":
        return "gone"
    if item.next_step == "wait":
        return "updating"
    # An outage before the first reading asks for the person, and a refresh may do as well.
    needs_person = item.next_step in NEEDS_PERSON and not passes_by_itself(item)
    return "needs_you" if needs_person else None


def passes_by_itself(item: Item) -> bool:
    """Tell an outage that only time or another run ends."""
    return item.status == "OUTDATED" and item.next_step in ("none", "reconnect")


def outage_due(item: Item, history: RefreshHistory, *, now: datetime) -> bool:
    """Tell whether we should try again to end an outage ourselves.

    Up to five times per outage, an hour apart, and only where Pluggy does not retry by itself.
    """
    return (
        passes_by_itself(item)
        and item.next_auto_sync_at is None
        and history.outage_tries < OUTAGE_TRIES
        and history.outage_tried_at is not None
        and now - history.outage_tried_at >= OUTAGE_PAUSE
        and (history.refused_until is None or history.refused_until <= now)
    )
