"""Logs: one JSON line an event, with a closed set of fields; never names, amounts or bodies.

What is said goes through three lines of defence. A field that is not listed is dropped. An id
becomes a name that only this installation can match with it. What is left and looks like a
person's number or a secret is blacked out. Other libraries say through the same pipe where they
said something, and their constant words, but not what they put into them.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from numbers import Number
from types import TracebackType
from typing import Any

import msgspec
import structlog

from tomada.telemetry.redaction import redacted

log: structlog.stdlib.BoundLogger = structlog.get_logger("tomada")

# A field that is not here is dropped, so that a careless call cannot leak.
FIELDS = frozenset(
    {
        "event", "level", "timestamp", "logger", "code", "error_code", "error", "kind", "tries",
        "parked", "read", "added", "changed", "gone", "status", "method", "route", "seconds",
        "count", "port", "reason", "version", "request_id", "pid", "at", "close_code", "step",
        "correlation", "outcome", "rows", "cause", "said",
    }
)  # fmt: skip
NAMED = frozenset({"item", "entity", "user", "sync"})
"""Fields whose value is an id, which is written as its name."""
# Made by this program or the standard library, in a form of their own.
_PLAIN = frozenset({"event", "level", "timestamp", "logger", "request_id", "correlation", *NAMED})
_FRAMES = 6

Name = Callable[[str, str], str]
"""Gives the name of an id, by its kind: the same one each time, and of no use elsewhere."""


def set_up(*, level: str = "INFO", stream: Any = None) -> None:
    """Send our events and other libraries' warnings through one pipe to standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _Named(None),
            _allowed,
            _line,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Pipe())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel("WARNING")
    logging.getLogger("tomada").setLevel(level)
    # A line that cannot be written would otherwise be shown whole, with all that was in it.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed


def name_ids(name: Name) -> None:
    """Have ids written by the names that *name* gives, from now on; before, none is written."""
    config = structlog.get_config()
    processors = [_Named(name) if isinstance(one, _Named) else one for one in config["processors"]]
    structlog.configure(**{**config, "processors": processors})


def correlated(correlation: str, **fields: object) -> AbstractContextManager[Any]:
    """Put the name of what all this is about on every line said within the block."""
    return structlog.contextvars.bound_contextvars(correlation=correlation, **fields)


def correlation() -> str:
    """Give that name; empty outside of any such block."""
    return str(structlog.contextvars.get_contextvars().get("correlation", ""))


@dataclass(frozen=True, slots=True)
class _Named:
    """Writes names for ids."""

    name: Name | None

    def __call__(
        self, _logger: Any, _method: str, fields: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        for kind in NAMED & fields.keys():
            value = fields.pop(kind)
            if self.name is not None:
                fields[kind] = self.name(kind, str(value))
        return fields


def _allowed(_logger: Any, _name: str, fields: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in fields.items() if name in FIELDS | NAMED}


class _Line(str):
    """A line that is ready; whatever else comes to the handler is somebody else's."""

    __slots__ = ()


def _line(_logger: Any, _name: str, fields: Mapping[str, Any]) -> str:
    return _Line(
        msgspec.json.encode(
            {name: value if name in _PLAIN else _safe(value) for name, value in fields.items()},
            enc_hook=repr,
        ).decode()
    )


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if value is None or isinstance(value, Number):
        return value
    if isinstance(value, list | tuple):
        return [_safe(one) for one in value]
    return redacted(str(value))


class _Pipe(logging.Formatter):
    """Writes our lines as they are, and of others' records what may be said."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        if isinstance(record.msg, _Line):
            return record.msg
        error = record.exc_info[1] if record.exc_info else None
        fields = {
            "event": "library_said",
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": [f"{record.filename}:{record.lineno}"],
            # Words with places for values are a constant; words without may have them inside.
            "said": redacted(record.msg) if record.args and isinstance(record.msg, str) else None,
            "error": None if error is None else where(error),
        }
        return msgspec.json.encode({k: v for k, v in fields.items() if v is not None}).decode()


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say of what ends the program where it came from; its text may hold what must not be said."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("crashed", error=kind.__name__, at=frames(error))


def frames(error: BaseException) -> list[str]:
    """Say where it happened, innermost last, without what any variable held."""
    found = traceback.extract_tb(error.__traceback__)
    return [f"{one.filename.rpartition('/')[2]}:{one.lineno}" for one in found[-_FRAMES:]]


def where(error: BaseException) -> str:
    """Name an unexpected error by kind and place; its text may hold what must not be logged."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    code = place.tb_frame.f_code
    return f"{type(error).__name__} at {code.co_name}:{place.tb_lineno}"
