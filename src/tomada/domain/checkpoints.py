"""Signed words on how large the tree of all audit entries is and what its root is.

A checkpoint is a signed note as C2SP describes it (``tlog-checkpoint``, ``signed-note``): the log's
name, the size, the root, the time, and an Ed25519 signature over these lines.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

_ED25519 = b"\x01"
_DASH = "\N{EM DASH}"
_LINES = 4


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree at one time; *at* is in microseconds from 1970."""

    origin: str
    size: int
    root: bytes
    at: int

    @property
    def text(self) -> bytes:
        """Give what is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {self.at}\n".encode()


def origin_of(key: bytes) -> str:
    """Name a log by its public key, so that no other log has the name."""
    return f"tomada-audit/{hashlib.sha256(key).hexdigest()[:16]}"


def signed(checkpoint: Checkpoint, *, key: bytes, signature: bytes) -> bytes:
    """Put text and signature together."""
    line = base64.b64encode(_key_id(checkpoint.origin, key) + signature).decode()
    return checkpoint.text + f"\n{_DASH} {checkpoint.origin} {line}\n".encode()


def read(note: bytes, *, key: bytes) -> tuple[Checkpoint, bytes]:
    """Take a note apart into checkpoint and signature; raises ``ValueError`` for anything else.

    The signature is not verified here.
    """
    text, found, line = note.decode().partition(f"\n\n{_DASH} ")
    lines = text.split("\n")
    name, _, encoded = line.rstrip("\n").partition(" ")
    if not found or len(lines) != _LINES or not lines[3].startswith("time "):
        raise ValueError("this is no checkpoint")
    try:
        packed = base64.b64decode(encoded, validate=True)
        root = base64.b64decode(lines[2], validate=True)
    except binascii.Error as error:
        raise ValueError("this is no checkpoint") from error
    checkpoint = Checkpoint(lines[0], int(lines[1]), root, int(lines[3].removeprefix("time ")))
    if name != checkpoint.origin or packed[:4] != _key_id(name, key):
        raise ValueError("this checkpoint is of another log")
    return checkpoint, packed[4:]


def _key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key).digest()[:4]
