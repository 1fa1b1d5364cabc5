"""Hold a smart transfer against what its payer allowed: in all, each, per period."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from tomada.simulator.payments.desk import ZONE
from tomada.simulator.payments.records import TransferLimits, TransferRecord

PERIODS: tuple[str, ...] = ("day", "week", "month", "year")
_REFUSED = frozenset({"PAYMENT_REJECTED", "CONSENT_REJECTED", "ERROR", "CANCELED"})

_NAMES: dict[str, Callable[[date], tuple[int, ...]]] = {
    "day": lambda day: (day.year, day.month, day.day),
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
    "year": lambda day: (day.year,),
}


def broken_limit(
    limits: TransferLimits | None,
    earlier: Sequence[TransferRecord],
    *,
    amount: Decimal,
    today: date,
) -> str | None:
    """Name the limit that one more payment of *amount* breaks; None when it fits.

    Periods are those of the calendar in São Paulo; refused payments do not count.
    """
    if limits is None:
        return None
    if limits.each is not None and amount > limits.each:
        return "transaction"
    counted = [one for one in earlier if one.status not in _REFUSED]
    if limits.total is not None and _sum(counted) + amount > limits.total:
        return "total"
    for name, limit in (limits.periods or {}).items():
        period = _NAMES[name]
        inside = [one for one in counted if period(_day(one)) == period(today)]
        if limit.quantity is not None and len(inside) + 1 > limit.quantity:
            return name
        if limit.amount is not None and _sum(inside) + amount > limit.amount:
            return name
    return None


def _day(payment: TransferRecord) -> date:
    return payment.created_at.astimezone(ZONE).date()


def _sum(payments: Sequence[TransferRecord]) -> Decimal:
    return sum((one.amount for one in payments), Decimal(0))
