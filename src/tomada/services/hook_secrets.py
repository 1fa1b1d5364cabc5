"""The secret that only Pluggy is told: made here, kept sealed, changed without losing a delivery.

Every process keeps the opened secrets for five seconds, so a new one is accepted everywhere five
seconds after it was made; only then is Pluggy told it.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import RefusedError, UnavailableError
from tomada.services.vault import Vault
from tomada.store.hooks import HookRow, HookRows
from tomada.store.tx import Store

NAME = "pluggy"
SETTLED_AFTER = timedelta(seconds=6)
"""From then on every process accepts a new secret."""
_KEEP_SECONDS = 5.0
_FAILED_SECONDS = 1.0


class RotationUnderWayError(RefusedError):
    """The secret before the current one is still in use; a third one would cut it off."""

    code = "rotation_under_way"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a delivery may bear now; *new* says that the current one was never seen yet."""

    current: str = field(repr=False)
    previous: str | None = field(repr=False)
    new: bool
    rotated_at: datetime | None


@dataclass(slots=True)
class _Opened:
    row: HookRow | None
    current: str = field(repr=False)
    previous: str | None = field(repr=False)
    until: float
    failure: UnavailableError | None = None


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """The current secret and, after a change, the one before."""

    store: Store
    vault: Vault
    clock: Clock
    _opened: list[_Opened] = field(default_factory=list, repr=False)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def accepted(self) -> Accepted:
        """Give the secrets, from memory or, at most once in five seconds, from the database.

        Raises ``UnavailableError`` where they cannot be had; for a second after that it is raised
        without asking again.
        """
        opened = await self._fresh()
        row = opened.row
        if row is None:
            raise opened.failure or UnavailableError("the webhook's secret cannot be read")
        until = row.previous_until
        in_force = until is not None and (self.clock() < until or row.seen_at is None)
        previous = opened.previous if in_force else None
        return Accepted(opened.current, previous, row.seen_at is None, row.rotated_at)

    def forget(self) -> None:
        """Drop what is kept in memory, because it changed."""
        self._opened.clear()

    async def _fresh(self) -> _Opened:
        async with self._opening:
            if self._opened and time.monotonic() < self._opened[0].until:
                return self._opened[0]
            try:
                row = await self.row()
                previous = row.previous_sealed_secret
                opened = _Opened(
                    row,
                    self._open(row.sealed_secret),
                    None if previous is None else self._open(previous),
                    time.monotonic() + _KEEP_SECONDS,
                )
            except UnavailableError as error:
                opened = _Opened(None, "", None, time.monotonic() + _FAILED_SECONDS, error)
            self._opened[:] = [opened]
            return opened

    def _open(self, sealed: bytes) -> str:
        return self.vault.system.open("hooks", NAME, sealed, group="secret").decode()

    def _made(self) -> bytes:
        """Make a secret of 256 bits, sealed.

        It is sealed and not digested, because Pluggy has to be told it again when it loses it.
        """
        fresh = secrets.token_hex(32).encode()
        return self.vault.system.seal("hooks", NAME, fresh, group="secret")

    async def row(self) -> HookRow:
        """Give the registration as stored, making its secret at the very first call."""
        async with self.store.begin() as tx:
            row = await HookRows(tx).get(NAME)
            if row is None:
                await HookRows(tx).add(NAME, self._made(), at=self.clock())
                row = await HookRows(tx).get(NAME)
        if row is None:
            raise UnavailableError("the webhook's secret could not be kept")
        return row

    def settling(self, row: HookRow) -> bool:
        """Tell whether some process may not accept the current secret yet."""
        made = row.rotated_at
        return made is not None and self.clock() - made < SETTLED_AFTER

    def to_tell(self, row: HookRow) -> str:
        """Give the secret that Pluggy should bear: the one before, until the new one settled."""
        before = row.previous_sealed_secret
        return self._open(
            before if before is not None and self.settling(row) else row.sealed_secret
        )

    async def rotate(self, *, overlap: timedelta, force: bool) -> HookRow:
        """Make a new secret; the current one is accepted for *overlap* more.

        It stays accepted beyond that until the new one was seen, so that a Pluggy that was not
        told loses nothing. With *force* nothing else but the new one is accepted, at once. Raises
        ``RotationUnderWayError`` while an earlier change is not over.
        """
        await self.row()
        now = self.clock()
        async with self.store.begin() as tx:
            row = await HookRows(tx).get(NAME, lock=True)
            if row is None:
                raise UnavailableError("the webhook's secret could not be kept")
            until = row.previous_until
            if until is not None and not force and (now < until or row.seen_at is None):
                raise RotationUnderWayError(
                    "the change before is not over: wait until the secret before is refused, or"
                    " force it, which refuses it now"
                )
            await HookRows(tx).rotate(
                NAME,
                self._made(),
                previous=None if force else row.sealed_secret,
                until=None if force else now + overlap,
                at=now,
            )
        self.forget()
        return await self.row()
