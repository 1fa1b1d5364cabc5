"""Logs: one JSON line an event, with a closed set of fields; never names, amounts or bodies."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("tomada")

# A field that is not here is dropped, so that a careless call cannot leak.
FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "code", "error_code", "error", "kind", "tries",
        "parked", "read", "added", "changed", "gone", "status", "method", "route", "seconds",
        "count", "address", "port", "reason", "version", "request_id", "pid", "at", "close_code", "step",
    }
)  # fmt: skip


def set_up(*, level: str = "INFO", stream: Any = None) -> None:
    """Send our events and other libraries' warnings through one pipe to standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("WARNING")
    logging.getLogger("tomada").setLevel(level)


def _allowed(_logger: Any, _name: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in fields.items() if name in FIELDS}


def where(error: BaseException) -> str:
    """Name an unexpected error by kind and place; its text may hold what must not be logged."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    code = place.tb_frame.f_code
    return f"{type(error).__name__} at {code.co_name}:{place.tb_lineno}"
