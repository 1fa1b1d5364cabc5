"""What a ciphertext is bound to, so that it opens in its own place only."""

from uuid import UUID

SEAL_VERSION = 1


def associated_data(owner: str, table: str, row: str | UUID, group: str) -> bytes:
    """Encode owner, table, row, column group and version, each with its length before it.

    Lengths keep two different places from ever encoding alike.
    """
    parts = (f"tomada/{SEAL_VERSION}", owner, table, str(row), group)
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
