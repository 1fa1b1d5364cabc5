"""Keysets with several keys: one made ready, made the primary one, and dropped at the end.

A data key is kept as 32 bytes for digests and, behind them, a tink keyset. The bytes for digests
never change: every stored digest would have to.
"""

import io
from collections.abc import Collection

import tink
from tink import aead, cleartext_keyset_handle
from tink.proto import tink_pb2

DIGEST_KEY_BYTES = 32
_TINK = b"\x01"


def fresh_keyset() -> bytes:
    """Make a keyset of one key (AES-256-GCM)."""
    out = io.BytesIO()
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    cleartext_keyset_handle.write(tink.BinaryKeysetWriter(out), handle)
    return out.getvalue()


def primary(plain: bytes) -> bytes:
    """Give the five bytes with which everything begins that is sealed now."""
    return _prefix(_keyset(plain).primary_key_id)


def added(plain: bytes) -> bytes:
    """Add a key that opens but does not seal yet; where there is one already, change nothing."""
    keyset = _keyset(plain)
    if keyset.key[-1].key_id != keyset.primary_key_id:
        return plain
    known = {one.key_id for one in keyset.key}
    fresh = tink_pb2.Keyset.FromString(fresh_keyset())
    while fresh.primary_key_id in known:
        fresh = tink_pb2.Keyset.FromString(fresh_keyset())
    keyset.key.append(fresh.key[0])
    return _whole(plain, keyset)


def promoted(plain: bytes) -> bytes:
    """Let the newest key seal."""
    keyset = _keyset(plain)
    keyset.primary_key_id = keyset.key[-1].key_id
    return _whole(plain, keyset)


def dropped(plain: bytes, *, needed: Collection[bytes]) -> bytes:
    """Drop the keys that are neither the primary one nor begin any value in *needed*."""
    keyset = _keyset(plain)
    kept = [
        one for one in keyset.key
        if one.key_id == keyset.primary_key_id or _prefix(one.key_id) in needed
    ]  # fmt: skip
    del keyset.key[:]
    keyset.key.extend(kept)
    return _whole(plain, keyset)


def _keyset(plain: bytes) -> tink_pb2.Keyset:
    return tink_pb2.Keyset.FromString(plain[DIGEST_KEY_BYTES:])


def _whole(plain: bytes, keyset: tink_pb2.Keyset) -> bytes:
    whole: bytes = plain[:DIGEST_KEY_BYTES] + keyset.SerializeToString()
    return whole


def _prefix(key_id: int) -> bytes:
    return _TINK + key_id.to_bytes(4, "big")
