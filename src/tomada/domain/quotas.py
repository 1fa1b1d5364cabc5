"""How much of a bank's monthly quota is used, and when it will be used up.

The regulator caps the calls a month per holder, institution and product. One run of an item uses
one of each product's; what is left at the end of the month is worth nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tomada.domain.clock import SAO_PAULO, bank_day
from tomada.domain.refreshes import Refresh

_LEADING = ("TRANSACTIONS", "ACCOUNTS")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProductUse:
    """How often a product was read this month; *exhausted* is the bank's own word."""

    product: str
    used: int
    exhausted: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """A product's month; *runs_out_at* is when it ends at this pace, None if it lasts."""

    product: str
    used: int
    limit: int
    exhausted: bool
    runs_out_at: datetime | None
    resets_at: datetime


def month_of(instant: datetime) -> date:
    """Name the month an instant counts in, by its first day."""
    return bank_day(instant).replace(day=1)


def month_end(instant: datetime) -> datetime:
    """Give the instant at which the month of *instant* is over."""
    first = (month_of(instant) + timedelta(days=32)).replace(day=1)
    return datetime.combine(first, time(), tzinfo=SAO_PAULO)


def runs_left(next_auto_sync_at: datetime | None, every: timedelta, *, now: datetime) -> int:
    """Count the runs that Pluggy will still make by itself this month."""
    end = month_end(now)
    if next_auto_sync_at is None or next_auto_sync_at >= end:
        return 0
    return (end - max(next_auto_sync_at, now)) // every + 1


def quota_of(use: ProductUse, limit: int, *, planned: int, now: datetime) -> Quota:
    """Predict a product's month from its pace so far and from what is *planned*."""
    end = month_end(now)
    begun = datetime.combine(month_of(now), time(), tzinfo=SAO_PAULO)
    left = max(0, limit - use.used)
    runs_out: datetime | None = None
    if use.exhausted or not left:
        runs_out = now
    else:
        elapsed = max(now - begun, _ONE_DAY)
        by_pace = now + elapsed * left // use.used if use.used else end
        by_plan = now + (end - now) * left // planned if planned > left else end
        first = min(by_pace, by_plan)
        runs_out = first if first < end else None
    return Quota(use.product, use.used, limit, use.exhausted, runs_out, end)


def leading(quotas: Sequence[Quota]) -> Quota | None:
    """Choose the one that a refresh is for: the transactions, or else the accounts."""
    by_name = {one.product: one for one in quotas}
    found = next((by_name[name] for name in _LEADING if name in by_name), None)
    return found or next(iter(quotas), None)


def refresh_within(quotas: Sequence[Quota], *, planned: int) -> Refresh:
    """Refuse a refresh that would bring nothing, or take a run from those Pluggy makes anyway."""
    quota = leading(quotas)
    if quota is None:
        return Refresh()
    if quota.exhausted or quota.used + planned + 1 > quota.limit:
        return Refresh("quota", quota.resets_at)
    return Refresh()
