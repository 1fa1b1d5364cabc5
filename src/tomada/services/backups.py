"""Backups: two sealed files of one moment, put back and compared.

Each backup has a key of its own, wrapped by the master key, and each chunk of a file is sealed to
its place in it: what was cut, mixed or changed does not open. The wrapped keys of the data lie in
the second file, which belongs somewhere else and is thrown away earlier.
"""

import base64
import hashlib
import io
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec
import tink
from tink import aead, cleartext_keyset_handle
from uuid_utils.compat import uuid7

from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError, TomadaError
from tomada.ports import KeyProvider
from tomada.store.dumps import PARTS, Part, is_empty, put_back, rows_of, snapshot

_MAGIC = b"tomada backup 1\n"
_LENGTH = 4
_LONGEST_HEADER = 1 << 20
_LONGEST_CHUNK = 2 << 20
_CONTEXT = b"tomada backup key"


class BackupUnreadableError(TomadaError):
    """A file is no backup, not whole, changed, or not of the same moment as the other one."""

    code = "backup_unreadable"


class RestoreDiffersError(TomadaError):
    """What was put back is not what was copied; *tables* are those with other counts."""

    code = "restore_differs"

    def __init__(self, tables: tuple[str, ...]) -> None:
        super().__init__(f"other numbers of rows than when it was made: {', '.join(tables)}")
        self.tables = tables


class Header(msgspec.Struct, frozen=True):
    """What stands before the sealed part; it is bound to it, and holds nothing personal."""

    id: str
    part: Part
    made_at: datetime
    schema: str
    master_key: str
    wrapped: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Made:
    """One backup."""

    files: dict[Part, Path]
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class Backups:
    """Makes them and puts them back."""

    provider: KeyProvider
    clock: Clock

    async def make(self, url: str, folder: Path) -> Made:
        """Copy the database at *url*, as a role that sees all rows, into two files of *folder*.

        A file has its name only once it is whole. Raises ``DumpFailedError``,
        ``KeyUnavailableError``, ``OSError``.
        """
        keyset, wrapped = await self._new_key()
        name = f"tomada-{self.clock():%Y%m%dT%H%M%SZ}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # noqa: ASYNC240  (once)
        made, backup_id = {}, str(uuid7())
        async with snapshot(url) as moment:
            for part in PARTS:
                header = Header(
                    backup_id, part, self.clock(), moment.version, await self.provider.describe(),
                    base64.b64encode(wrapped).decode(), moment.rows,
                )  # fmt: skip
                async with moment.stream(part) as chunks:
                    made[part] = await _write(folder / f"{name}.{part}", header, keyset, chunks)
        size = sum(path.stat().st_size for path in made.values())
        return Made(made, sum(moment.rows.values()), size)

    async def restore(self, url: str, data: Path, keys: Path) -> Header:
        """Put both files back into the empty database at *url*, and compare the counts.

        Raises ``InvalidInputError`` where the database is not empty, ``BackupUnreadableError``,
        ``KeyUnavailableError``, ``DumpFailedError``, ``RestoreDiffersError``.
        """
        if not await is_empty(url):
            raise InvalidInputError("the database is not empty; restore into a new one")
        first, second = header_of(data), header_of(keys)
        if (first.part, second.part) != PARTS or first.id != second.id:
            raise BackupUnreadableError("these two files are not the two parts of one backup")
        for part, path in (("data", data), ("keys", keys)):
            await put_back(url, "data" if part == "data" else "keys", self._chunks(path))
        there = await rows_of(url)
        tables = sorted(set(there) | set(first.rows))
        differ = tuple(one for one in tables if there.get(one) != first.rows.get(one))
        if differ:
            raise RestoreDiffersError(differ)
        return first

    async def _new_key(self) -> tuple[aead.Aead, bytes]:
        aead.register()
        handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
        out = io.BytesIO()
        cleartext_keyset_handle.write(tink.BinaryKeysetWriter(out), handle)
        wrapped = await self.provider.wrap(out.getvalue(), context=_CONTEXT)
        return handle.primitive(aead.Aead), wrapped

    async def _chunks(self, path: Path) -> AsyncIterator[bytes]:
        """Open a file piece by piece; raises before its end where it is not whole."""
        aead.register()
        with path.open("rb") as file:
            header = _header(file)
            plain = await self.provider.unwrap(base64.b64decode(header.wrapped), context=_CONTEXT)
            handle = cleartext_keyset_handle.read(tink.BinaryKeysetReader(plain))
            keyset, digest = handle.primitive(aead.Aead), _digest(header)
            number, last = 0, False
            while not last:
                sealed = _piece(file, _LONGEST_CHUNK)
                last = sealed is None
                ending = _piece(file, _LONGEST_CHUNK) if sealed is None else sealed
                if ending is None:
                    raise BackupUnreadableError(f"{path.name} is cut off")
                try:
                    chunk = keyset.decrypt(ending, _place(digest, number, last=last))
                except tink.TinkError as error:
                    raise BackupUnreadableError(f"{path.name} was changed") from error
                number += 1
                if chunk:
                    yield chunk


def header_of(path: Path) -> Header:
    """Read what stands before the sealed part; raises ``BackupUnreadableError``, ``OSError``."""
    with path.open("rb") as file:
        return _header(file)


def _header(file: BinaryIO) -> Header:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise BackupUnreadableError("this is no backup of Tomada")
    try:
        return msgspec.json.decode(_piece(file, _LONGEST_HEADER) or b"", type=Header)
    except msgspec.MsgspecError as error:
        raise BackupUnreadableError("the head of the backup cannot be read") from error


async def _write(
    path: Path, header: Header, keyset: aead.Aead, chunks: AsyncIterator[bytes]
) -> Path:
    draft, digest, number = path.with_name(f".{path.name}.part"), _digest(header), 0
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_MAGIC)
            _put(file, msgspec.json.encode(header))
            async for chunk in chunks:
                _put(file, keyset.encrypt(chunk, _place(digest, number, last=False)))
                number += 1
            # An empty piece says that the next one is the last: a cut is noticed.
            _put(file, b"")
            _put(file, keyset.encrypt(b"", _place(digest, number, last=True)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _put(file: BinaryIO, piece: bytes) -> None:
    file.write(len(piece).to_bytes(_LENGTH, "big") + piece)


def _piece(file: BinaryIO, longest: int) -> bytes | None:
    """Read one piece; None for the empty one, which stands before the last."""
    size = int.from_bytes(file.read(_LENGTH), "big")
    if size > longest:
        raise BackupUnreadableError("the backup was changed")
    piece = file.read(size)
    if len(piece) != size:
        raise BackupUnreadableError("the backup is cut off")
    return piece or None


def _digest(header: Header) -> bytes:
    return hashlib.sha256(msgspec.json.encode(header)).digest()


def _place(digest: bytes, number: int, *, last: bool) -> bytes:
    return digest + number.to_bytes(8, "big") + bytes([last])
