"""Keys of products' back ends: made by whoever runs the installation, shown once, ended at once.

Nothing of a key is kept in memory between two requests, so one that is revoked opens nothing from
the next request on, and an open stream of it ends at its next look.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

from tomada.domain.access import SCOPES, Scope
from tomada.domain.api_keys import LONGEST_LIFE, ApiKey, is_secret, new_secret
from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError, NotFoundError, UnauthenticatedError
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.vault import Vault
from tomada.store.api_keys import ApiKeyRow, ApiKeyRows
from tomada.store.roles import EntityRows
from tomada.store.tx import Store, Tx

_LONGEST_NAME = 100
_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """Makes, lists, ends and recognises them."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def create(
        self,
        name: str,
        scopes: Iterable[str],
        *,
        life: timedelta,
        actor: str,
        entity: EntityId | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key and give it with its secret, which nobody sees again.

        Raises ``InvalidInputError`` for an empty name, a scope there is not, or a life over ninety
        days, and ``NotFoundError`` for an entity that is not there.
        """
        name = name.strip()
        if not 0 < len(name) <= _LONGEST_NAME:
            raise InvalidInputError("a key has a name of 1 to 100 characters", field="name")
        if not timedelta(0) < life <= LONGEST_LIFE:
            raise InvalidInputError("a key lives for 1 to 90 days", field="days")
        secret, now, key_id = new_secret(), self.clock(), uuid7()
        sealed = self.vault.system.seal("api_keys", key_id, name.encode())
        row = ApiKeyRow(key_id, entity, _scopes(scopes), sealed, now, now + life)
        async with self.store.begin(entity) as tx:
            if entity is not None and not await EntityRows(tx).exists():
                raise NotFoundError("there is no such entity")
            await ApiKeyRows(tx).add(row, digest=_sha256(secret))
            await self._record(tx, "api_key_created", key_id, actor=actor)
        return self._key(row), secret

    async def list(self) -> list[ApiKey]:
        """List all keys, the newest first, those that ended too."""
        async with self.store.begin() as tx:
            rows = await ApiKeyRows(tx).all()
        return [self._key(row) for row in rows]

    async def revoke(self, key_id: UUID, *, actor: str) -> None:
        """End a key; raises ``NotFoundError`` where there is none that is not ended."""
        async with self.store.begin() as tx:
            if not await ApiKeyRows(tx).revoke(key_id, at=self.clock()):
                raise NotFoundError("there is no such key, or it has ended already")
            await self._record(tx, "api_key_revoked", key_id, actor=actor)

    async def recognise(self, secret: str, *, named: EntityId | None) -> ApiKey:
        """Find the key of *secret* for its entity, or the *named* one where it is for all.

        Raises ``UnauthenticatedError`` where it opens nothing, ``InvalidInputError`` where an
        entity has to be named, and ``NotFoundError`` for one that is not there, is suspended, or
        is another than the key's.
        """
        found = None
        if is_secret(secret):
            async with self.store.begin() as tx:
                rows, now = ApiKeyRows(tx), self.clock()
                found = await rows.live(_sha256(secret), named=named, now=now)
                if found is not None and _is_due(found[0], now - _TOUCH_EVERY):
                    await rows.touch(found[0].id, now=now)
        if found is None:
            raise UnauthenticatedError("this key opens nothing")
        row, there = found
        if row.entity_id is None and named is None:
            raise InvalidInputError("name the entity in Tomada-Entity", field="Tomada-Entity")
        if not there or (named is not None and row.entity_id not in (None, named)):
            raise NotFoundError("there is no such entity")
        return self._key(row)

    async def still_live(self, key_id: UUID, entity: EntityId) -> bool:
        """Look at a key again, for a stream that it opened."""
        async with self.store.begin() as tx:
            found = await ApiKeyRows(tx).live_by_id(key_id, named=entity, now=self.clock())
        return found is not None and found[1]

    async def _record(self, tx: Tx, action: str, key_id: UUID, *, actor: str) -> None:
        await self.audit.write(tx, action, operator=actor, subject=("api_key", str(key_id)))

    def _key(self, row: ApiKeyRow) -> ApiKey:
        return ApiKey(
            row.id,
            self.vault.system.open("api_keys", row.id, row.sealed).decode(),
            frozenset(row.scopes),
            row.entity_id,
            row.created_at,
            row.expires_at,
            row.revoked_at,
            row.used_at,
        )


def _scopes(named: Iterable[str]) -> list[Scope]:
    asked = set(named)
    if not asked or asked - set(SCOPES):
        raise InvalidInputError(f"a key is for one or more of {', '.join(SCOPES)}", field="scope")
    return [scope for scope in SCOPES if scope in asked]


def _is_due(row: ApiKeyRow, before: datetime) -> bool:
    return row.used_at is None or row.used_at <= before


def _sha256(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
