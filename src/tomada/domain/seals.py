"""What a ciphertext is bound to, so that it opens in its own place only."""

import functools
from collections.abc import Callable
from uuid import UUID

SEAL_VERSION = 1


# The same few places are asked for with every row of a page.
@functools.lru_cache(maxsize=1024)
def places(owner: str, table: str, group: str) -> Callable[[str | UUID], bytes]:
    """Give what encodes the place of each row: owner, table, row, column group and version.

    Each part has its length before it, which keeps two different places from ever encoding alike.
    """
    before = b"".join(map(_part, (f"tomada/{SEAL_VERSION}", owner, table)))
    after = _part(group)

    def place(row: str | UUID) -> bytes:
        name = str(row).encode()
        return before + len(name).to_bytes(4, "big") + name + after

    return place


def associated_data(owner: str, table: str, row: str | UUID, group: str) -> bytes:
    """Encode one place."""
    return places(owner, table, group)(row)


def _part(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(4, "big") + encoded
