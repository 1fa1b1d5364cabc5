"""Write JSON as the provider does: instants in UTC with milliseconds, money as plain numbers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from starlette.responses import Response


def instant(when: datetime | None) -> str | None:
    """Write *when* as `2026-11-20T12:00:00.000Z`."""
    if when is None:
        return None
    return _written(when if when.tzinfo is UTC else when.astimezone(UTC))


# The rows of one run share two of their three instants, and writing one is what a page costs most.
@lru_cache(maxsize=16_384)
def _written(utc: datetime) -> str:
    return utc.isoformat("T", "milliseconds")[:-6] + "Z"


def day_instant(day: date) -> str:
    """Write a bare day as the instant of its UTC midnight."""
    return f"{day.isoformat()}T00:00:00.000Z"


def number(amount: Decimal) -> Decimal:
    """Drop the trailing zeros of *amount*, which no JavaScript back end would print."""
    plain = amount.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else plain


def plain_details(content: Any) -> Any:
    """Write the instants inside nested details as the API does, and leave the rest."""
    if isinstance(content, dict):
        return {key: plain_details(value) for key, value in content.items()}
    if isinstance(content, list):
        return [plain_details(value) for value in content]
    if isinstance(content, datetime):
        return instant(content)
    if isinstance(content, Decimal):
        return number(content)
    return content


def json_bytes(content: object) -> bytes:
    """Encode *content*; decimals become JSON numbers digit by digit."""
    return msgspec.json.Encoder(decimal_format="number").encode(content)


def json_answer(
    content: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer *content* as JSON."""
    return Response(
        json_bytes(content),
        status_code=status,
        headers=headers,
        media_type="application/json; charset=utf-8",
    )
