"""One operation of the provider, and how the client does it."""

from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tomada.pluggy import PluggyClient

Call = Callable[[PluggyClient], Awaitable[Any] | AsyncIterable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """*name* is ``GET /path``; *node* the method of the Node SDK, empty where it has none."""

    name: str
    method: str
    node: str
    call: Call
