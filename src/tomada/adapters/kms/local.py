"""The master key in a file of mode 0600, outside the data directory.

The file may hold several keys: the primary one wraps, each opens what it has wrapped. It is read
again when it changes, so that a running program follows a rotation.
"""

import io
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import tink
from tink import aead, cleartext_keyset_handle
from tink.proto import tink_pb2

from tomada.domain.errors import KeyRefusedError, KeyUnavailableError

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class _Loaded:
    version: tuple[int, int, int]
    primitive: aead.Aead
    name: str


@dataclass(frozen=True, slots=True)
class LocalKeyProvider:
    """Wraps with a tink AES-256-GCM keyset read from a file."""

    path: Path
    _loaded: list[_Loaded] = field(default_factory=list, repr=False)

    @property
    def key_name(self) -> str:
        """Name the file's primary key."""
        return self._current().name

    async def describe(self) -> str:
        """Name the file's primary key."""
        return self.key_name

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt under the file's primary key."""
        wrapped: bytes = self._current().primitive.encrypt(plaintext, context)
        return wrapped

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with whichever key of the file made it."""
        try:
            plaintext: bytes = self._current().primitive.decrypt(wrapped, context)
        except tink.TinkError as error:
            raise KeyRefusedError(
                f"{self.path} is not the master key these data were sealed under"
            ) from error
        return plaintext

    def _current(self) -> _Loaded:
        version = _version(self.path)
        if not self._loaded or self._loaded[0].version != version:
            self._loaded[:] = [_load(self.path, version)]
        return self._loaded[0]


def open_local(path: Path, *, create: bool) -> LocalKeyProvider:
    """Read the key file, or make it where *create* allows.

    Two programs that start together make one key: the file appears whole under its name, and
    who comes second reads it. Raises ``KeyUnavailableError`` with what to do where the file is
    missing, readable by others, or no keyset.
    """
    aead.register()
    if create and not path.exists():
        make_local(path)
    provider = LocalKeyProvider(path)
    provider._current()  # noqa: SLF001  (what cannot be used is refused at once)
    return provider


def make_local(path: Path) -> bool:
    """Make a key file; False where there is one, which is left as it is."""
    aead.register()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM))
    try:
        # A link, unlike a rename, fails where another process was first.
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _last_the_name(path)
    return True


def rotate_local(path: Path) -> str:
    """Add a key to the file and make it the primary one; gives its name.

    Programs that run follow with their next use. Keys that were there stay, for what they wrapped.
    """
    provider = open_local(path, create=False)
    keyset = cleartext_keyset_handle.read(tink.JsonKeysetReader(path.read_text("ascii")))
    fresh = _keyset(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM))
    merged = _keyset(keyset)
    while fresh.primary_key_id in {one.key_id for one in merged.key}:
        fresh = _keyset(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM))
    merged.key.append(fresh.key[0])
    merged.primary_key_id = fresh.primary_key_id
    handle = cleartext_keyset_handle.read(tink.BinaryKeysetReader(merged.SerializeToString()))
    _draft(path, handle).replace(path)
    _last_the_name(path)
    return provider.key_name


def _version(path: Path) -> tuple[int, int, int]:
    try:
        seen = path.stat()
    except OSError as error:
        raise KeyUnavailableError(
            f"there is no master key at {path}; make one with `tomada keys init`,"
            " or restore it from backup"
        ) from error
    if seen.st_mode & 0o077:
        raise KeyUnavailableError(f"{path} is readable by others; run: chmod 600 {path}")
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


def _load(path: Path, version: tuple[int, int, int]) -> _Loaded:
    try:
        handle = cleartext_keyset_handle.read(tink.JsonKeysetReader(path.read_text("ascii")))
        primitive = handle.primitive(aead.Aead)
    except (tink.TinkError, ValueError, OSError) as error:
        raise KeyUnavailableError(f"{path} does not hold a usable master key") from error
    return _Loaded(version, primitive, f"file:{handle.keyset_info().primary_key_id}")


def _keyset(handle: tink.KeysetHandle) -> tink_pb2.Keyset:
    out = io.BytesIO()
    cleartext_keyset_handle.write(tink.BinaryKeysetWriter(out), handle)
    return tink_pb2.Keyset.FromString(out.getvalue())


def _draft(path: Path, handle: tink.KeysetHandle) -> Path:
    text = io.StringIO()
    cleartext_keyset_handle.write(tink.JsonKeysetWriter(text), handle)
    # Not the process id: containers that share the directory all have the same one.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    with os.fdopen(descriptor, "w") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
    return draft


def _last_the_name(path: Path) -> None:
    """See that the name lasts as long as what will be sealed under the key."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
