"""Ids and days in addresses: what cannot be one is unknown or invalid before anybody looks."""

import re
from datetime import date
from uuid import UUID

from tomada.domain.errors import InvalidInputError, NotFoundError

_PLUGGY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def pluggy_id(text: str) -> str:
    """Read an id of Pluggy's; raises ``NotFoundError`` for what cannot be one."""
    if _PLUGGY_ID.fullmatch(text) is None:
        raise NotFoundError("there is no such thing")
    return text


def own_id(text: str) -> UUID:
    """Read an id of ours; raises ``NotFoundError`` for what cannot be one."""
    if _UUID.fullmatch(text) is None:
        raise NotFoundError("there is no such thing")
    return UUID(text)


def day(text: str | None, *, field: str) -> date | None:
    """Read a civil date; raises ``InvalidInputError``."""
    if text is None:
        return None
    try:
        # The standard library also reads 20261130 and 2026-W48-1.
        written = _DAY.fullmatch(text)
        return date.fromisoformat(written[0] if written else "")
    except ValueError:
        raise InvalidInputError("a day is written 2026-11-30", field=field) from None
