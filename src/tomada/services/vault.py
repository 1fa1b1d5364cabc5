"""Sealing: one keyset per entity, one for the installation, wrapped by the master key.

A keyset is a tink AEAD (AES-256-GCM) and a separate 256-bit key for digests of sealed content, so
that a short description can be compared without being guessable. An entity's opened keyset stays in
memory for at most five minutes, and for at most five seconds after it was destroyed; the
installation's own stays, so that deliveries can be taken in while the master key is away.
"""

import hmac
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tink
from tink import aead, cleartext_keyset_handle

from tomada.domain.clock import Clock
from tomada.domain.errors import KeyUnavailableError
from tomada.domain.ids import EntityId
from tomada.domain.seals import associated_data, places
from tomada.ports import KeyProvider
from tomada.services.keysets import DIGEST_KEY_BYTES, fresh_keyset
from tomada.store.keys import KeyRows, WrappedKey
from tomada.store.tx import Store, Tx

_SYSTEM = "system"
_KEEP = timedelta(minutes=5)
_SURE = timedelta(seconds=5)
"""For so long an opened keyset is used without a look whether it was destroyed."""
_KEPT_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Keys:
    """One owner's opened keyset."""

    owner: str
    primitive: aead.Aead
    digest_key: bytes = field(repr=False)

    def seal(self, table: str, row: str | UUID, plaintext: bytes, *, group: str = "") -> bytes:
        """Encrypt for one column group of one row; it opens nowhere else."""
        place = associated_data(self.owner, table, row, group)
        sealed: bytes = self.primitive.encrypt(plaintext, place)
        return sealed

    def open(self, table: str, row: str | UUID, sealed: bytes, *, group: str = "") -> bytes:
        """Decrypt; raises ``KeyUnavailableError`` for a changed, moved or foreign ciphertext."""
        return self.open_all(table, [(row, sealed)], group=group)[0]

    def open_all(
        self, table: str, rows: Iterable[Sequence[Any]], *, group: str = ""
    ) -> list[bytes]:
        """Decrypt one column group of many rows; each begins with its id and the ciphertext."""
        place, decrypt = places(self.owner, table, group), self.primitive.decrypt
        try:
            return [decrypt(row[1], place(row[0])) for row in rows]
        except tink.TinkError as error:
            raise KeyUnavailableError("a sealed value does not open in its place") from error

    def digest(self, label: str, value: bytes) -> bytes:
        """Give a keyed digest of *value*, comparable within this owner and *label* only."""
        return hmac.digest(self.digest_key, label.encode() + b"\x00" + value, "sha256")


@dataclass(frozen=True, slots=True)
class _Opened:
    keys: Keys
    wrapped: WrappedKey
    until: datetime
    sure_until: datetime


@dataclass(frozen=True, slots=True)
class Vault:
    """Opens keysets; ``system`` serves what has no entity yet."""

    provider: KeyProvider
    store: Store
    clock: Clock
    system: Keys
    _opened: dict[EntityId, _Opened] = field(default_factory=dict, repr=False)

    async def keys(self, entity: EntityId) -> Keys:
        """Open the keyset of *entity*; call it before a transaction begins.

        Raises ``KeyUnavailableError`` where the entity has none (it was erased, or never was) or
        where the master key cannot be used.
        """
        now = self.clock()
        kept = self._opened.get(entity)
        if kept is not None and now < kept.sure_until:
            return kept.keys
        async with self.store.begin(entity) as tx:
            wrapped = await KeyRows(tx).entity()
        if wrapped is None:
            self.forget(entity)
            raise KeyUnavailableError("this entity has no data key")
        if kept is not None and now < kept.until and wrapped == kept.wrapped:
            keys, until = kept.keys, kept.until
        else:
            self.forget(entity)
            plain = await self.provider.unwrap(wrapped.wrapped, context=_context(str(entity)))
            keys, until = opened_keys(str(entity), plain), now + _KEEP
        if len(self._opened) >= _KEPT_AT_MOST:
            self._opened.clear()
        self._opened[entity] = _Opened(keys, wrapped, until, min(until, now + _SURE))
        return keys

    async def destroy(self, tx: Tx) -> bool:
        """Destroy the data key of *tx*'s entity; False where there is none to destroy.

        Five seconds after the commit no process can open anything of the entity any more, and
        whoever has a backup of the rows without the wrapped keys cannot either.
        """
        self.forget(tx.scope())
        return await KeyRows(tx).destroy_entity(at=self.clock())

    async def make(self, entity: EntityId) -> tuple[Keys, WrappedKey]:
        """Make a keyset for a new entity, to be kept by the transaction that makes the entity."""
        plain = _fresh()
        return opened_keys(str(entity), plain), await _wrap(self.provider, plain, str(entity))

    async def system_key(self, name: str, *, make: Callable[[], bytes]) -> bytes:
        """Open another key of the installation's own, making it at the very first start."""
        return await _system_key(self.provider, self.store, self.clock, name, make=make)

    async def wrapped(self, plain: bytes, owner: str) -> WrappedKey:
        """Wrap a data key under the newest master key; for who changes keys."""
        return await _wrap(self.provider, plain, owner)

    async def unwrapped(self, wrapped: WrappedKey, owner: str) -> bytes:
        """Unwrap a data key; for who changes keys."""
        return await self.provider.unwrap(wrapped.wrapped, context=_context(owner))

    async def ping(self) -> None:
        """Fail where the master key cannot be used."""
        wrapped = await self.provider.wrap(b"ping", context=b"ping")
        await self.provider.unwrap(wrapped, context=b"ping")

    def forget(self, entity: EntityId) -> None:
        """Drop the opened keyset of *entity* from memory."""
        self._opened.pop(entity, None)


async def _system_key(
    provider: KeyProvider, store: Store, clock: Clock, name: str, *, make: Callable[[], bytes]
) -> bytes:
    """Open a key of the installation; who comes second at the first start gets the first one's."""
    async with store.begin() as tx:
        wrapped = await KeyRows(tx).system(name)
    if wrapped is None:
        made = await _wrap(provider, make(), name)
        async with store.begin() as tx:
            wrapped = await KeyRows(tx).add_system(name, made, at=clock())
    return await provider.unwrap(wrapped.wrapped, context=_context(name))


async def open_vault(provider: KeyProvider, store: Store, clock: Clock) -> Vault:
    """Open the installation's own keyset, making it at the very first start."""
    aead.register()
    plain = await _system_key(provider, store, clock, _SYSTEM, make=_fresh)
    return Vault(provider, store, clock, opened_keys(_SYSTEM, plain))


def _context(owner: str) -> bytes:
    return associated_data(owner, "keys", owner, "wrapped")


async def _wrap(provider: KeyProvider, plain: bytes, owner: str) -> WrappedKey:
    name = await provider.describe()
    return WrappedKey(await provider.wrap(plain, context=_context(owner)), name)


def _fresh() -> bytes:
    """Make a key for digests and, behind it, a keyset."""
    return os.urandom(DIGEST_KEY_BYTES) + fresh_keyset()


def opened_keys(owner: str, plain: bytes) -> Keys:
    """Read a data key that was unwrapped."""
    digest_key, keyset = plain[:DIGEST_KEY_BYTES], plain[DIGEST_KEY_BYTES:]
    handle = cleartext_keyset_handle.read(tink.BinaryKeysetReader(keyset))
    return Keys(owner, handle.primitive(aead.Aead), digest_key)
