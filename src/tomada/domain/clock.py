"""Time as the product sees it: aware UTC instants, and bank days of São Paulo."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def utc_now() -> datetime:
    """Read the machine's clock; the one place that does."""
    return datetime.now(UTC)


def bank_day(instant: datetime) -> date:
    """Give the civil date in São Paulo of *instant*."""
    return instant.astimezone(SAO_PAULO).date()
