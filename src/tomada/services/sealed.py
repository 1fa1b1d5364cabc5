"""How values become sealed bytes and come back."""

from collections.abc import Callable
from typing import TypeVar
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


def unsealer(keys: Keys, table: str, kind: type[T]) -> Callable[[str | UUID, bytes], T]:
    """Give what opens many values of one table quickly, as ``unseal`` does one."""
    opened, decode = keys.opener(table), msgspec.msgpack.Decoder(kind).decode

    def unsealed(row: str | UUID, sealed: bytes) -> T:
        return decode(opened(row, sealed))

    return unsealed
