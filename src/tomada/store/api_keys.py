"""Keys of products' back ends: found by the digest of their secret before an entity is known."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tomada.domain.access import Scope
from tomada.domain.ids import EntityId
from tomada.store.tx import Tx

_COLUMNS = "id, entity_id, scopes, sealed, created_at, expires_at, revoked_at, used_at"


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """One key; *sealed* is its name, under the system keyset."""

    id: UUID
    entity_id: EntityId | None
    scopes: list[Scope]
    sealed: bytes
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKeyRows:
    """The keys."""

    tx: Tx

    async def add(self, row: ApiKeyRow, *, digest: bytes) -> None:
        """Keep a new key."""
        await self.tx.conn.execute(
            "INSERT INTO api_keys (id, digest, entity_id, scopes, sealed, created_at, expires_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            row.id,
            digest,
            row.entity_id,
            row.scopes,
            row.sealed,
            row.created_at,
            row.expires_at,
        )

    async def live(
        self, digest: bytes, *, named: EntityId | None, now: datetime
    ) -> tuple[ApiKeyRow, bool] | None:
        """Find the key of a secret that opens something now.

        The second says whether the entity it is for, or the *named* one where it is for all, is
        there and not suspended.
        """
        return await self._live("digest", digest, named=named, now=now)

    async def live_by_id(
        self, key_id: UUID, *, named: EntityId | None, now: datetime
    ) -> tuple[ApiKeyRow, bool] | None:
        """Find the key again, as ``live`` does."""
        return await self._live("id", key_id, named=named, now=now)

    async def all(self) -> list[ApiKeyRow]:
        """List all keys, the newest first."""
        rows = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM api_keys ORDER BY created_at DESC, id DESC"  # noqa: S608  (columns above)
        )
        return [ApiKeyRow(**row) for row in rows]

    async def revoke(self, key_id: UUID, *, at: datetime) -> bool:
        """End a key; False where there is none that is not ended."""
        ended = await self.tx.conn.fetchval(
            "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
            " RETURNING true",
            key_id,
            at,
        )
        return bool(ended)

    async def touch(self, key_id: UUID, *, now: datetime) -> None:
        """Note that the key was used."""
        await self.tx.conn.execute("UPDATE api_keys SET used_at = $2 WHERE id = $1", key_id, now)

    async def _live(
        self, column: str, value: object, *, named: EntityId | None, now: datetime
    ) -> tuple[ApiKeyRow, bool] | None:
        row = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM entities e"  # noqa: S608  (columns above)
            "  WHERE e.id = coalesce(k.entity_id, $2) AND e.suspended_at IS NULL) AS there"
            f" FROM api_keys k WHERE {column} = $1 AND revoked_at IS NULL AND expires_at > $3",
            value,
            named,
            now,
        )
        if row is None:
            return None
        fields = dict(row)
        there = fields.pop("there")
        return ApiKeyRow(**fields), bool(there)
