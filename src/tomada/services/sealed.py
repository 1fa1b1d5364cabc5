"""How values become sealed bytes and come back."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from tomada.services.vault import Keys

T = TypeVar("T")


def seal(keys: Keys, table: str, row: str | UUID, value: object) -> bytes:
    """Seal a value of ours for its row."""
    return keys.seal(table, row, msgspec.msgpack.encode(value))


def unseal(keys: Keys, table: str, row: str | UUID, sealed: bytes, kind: type[T]) -> T:
    """Open a value that was sealed for its row."""
    return msgspec.msgpack.decode(keys.open(table, row, sealed), type=kind)


def unseal_all(keys: Keys, table: str, rows: Iterable[Sequence[Any]], kind: type[T]) -> Iterator[T]:
    """Open many values quickly; each row begins with its id and its sealed value."""
    return map(msgspec.msgpack.Decoder(kind).decode, keys.open_all(table, rows))
