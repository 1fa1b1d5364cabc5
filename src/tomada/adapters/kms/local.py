"""The master key in a file of mode 0600, made at first start, outside the data directory."""

import io
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import tink
from tink import aead, cleartext_keyset_handle

from tomada.domain.errors import KeyUnavailableError

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class LocalKeyProvider:
    """Wraps with a tink AES-256-GCM keyset read from a file."""

    path: Path
    primitive: aead.Aead
    key_name: str

    async def describe(self) -> str:
        """Name the file's primary key."""
        return self.key_name

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt under the file's primary key."""
        wrapped: bytes = self.primitive.encrypt(plaintext, context)
        return wrapped

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with whichever key of the file made it."""
        try:
            plaintext: bytes = self.primitive.decrypt(wrapped, context)
        except tink.TinkError as error:
            raise KeyUnavailableError(
                f"{self.path} is not the master key these data were sealed under"
            ) from error
        return plaintext


def open_local(path: Path, *, create: bool) -> LocalKeyProvider:
    """Read the key file, or make it where *create* allows.

    Two programs that start together make one key: the file appears whole under its name, and
    who comes second reads it. Raises ``KeyUnavailableError`` with what to do where the file is
    missing, readable by others, or no keyset.
    """
    aead.register()
    if not path.exists():
        if not create:
            raise KeyUnavailableError(f"there is no master key at {path}; restore it from backup")
        _make(path)
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise KeyUnavailableError(f"{path} is readable by others; run: chmod 600 {path}")
    try:
        handle = cleartext_keyset_handle.read(tink.JsonKeysetReader(path.read_text("ascii")))
        primitive = handle.primitive(aead.Aead)
    except (tink.TinkError, ValueError, OSError) as error:
        raise KeyUnavailableError(f"{path} does not hold a usable master key") from error
    return LocalKeyProvider(path, primitive, f"file:{handle.keyset_info().primary_key_id}")


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = io.StringIO()
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    cleartext_keyset_handle.write(tink.JsonKeysetWriter(text), handle)
    # Not the process id: containers that share the directory all have the same one.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "w") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link, unlike a rename, fails where another process was first.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    # The name must last as long as what will be sealed under the key.
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
