"""Consents and the connect sessions that were opened under them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from tomada.domain.consents import accepted_versions
from tomada.domain.ids import ConnectSessionId, ConsentId, EntityId, ItemId, UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """A consent as stored; *sealed* names the institution and what was shown."""

    id: ConsentId
    user_id: UserId
    status: str
    notice_version: str
    notice_sha256: bytes
    granted_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    institution_digest: bytes
    sealed: bytes
    review_at: datetime | None = None
    supersedes: ConsentId | None = None


@dataclass(frozen=True, slots=True)
class ConnectSessionRow:
    """What binds a connect token to entity, user and consent; *item_id* is set to update one."""

    id: ConnectSessionId
    user_id: UserId
    consent_id: ConsentId
    institution_digest: bytes
    item_id: ItemId | None
    created_at: datetime
    claimable_until: datetime
    claimed_item_id: ItemId | None = None


_COLUMNS = (
    "id, user_id, status, notice_version, notice_sha256, granted_at, valid_until, revoked_at,"
    " institution_digest, sealed, review_at, supersedes"
)


def _consent(record: asyncpg.Record) -> ConsentRow:
    return ConsentRow(**dict(record))


@dataclass(frozen=True, slots=True)
class ConsentRows:
    """The consents of the transaction's entity."""

    tx: Tx

    async def add(self, row: ConsentRow) -> None:
        """Keep a fresh consent."""
        await self.tx.conn.execute(
            "INSERT INTO consents (entity_id, id, user_id, status, notice_version, notice_sha256,"
            " granted_at, valid_until, institution_digest, sealed, review_at, supersedes)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            self.tx.scope(),
            row.id,
            row.user_id,
            row.status,
            row.notice_version,
            row.notice_sha256,
            row.granted_at,
            row.valid_until,
            row.institution_digest,
            row.sealed,
            row.review_at,
            row.supersedes,
        )

    async def all(self) -> list[ConsentRow]:
        """List them, newest first."""
        records = await self.tx.conn.fetch(
            f"SELECT {_COLUMNS} FROM consents WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " ORDER BY granted_at DESC, id DESC",
            self.tx.scope(),
        )
        return [_consent(record) for record in records]

    async def get(self, consent_id: UUID) -> ConsentRow | None:
        """Find one."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM consents WHERE entity_id = $1 AND id = $2",  # noqa: S608  (constant columns)
            self.tx.scope(),
            consent_id,
        )
        return None if record is None else _consent(record)

    async def in_force(self, institution_digest: bytes, *, now: datetime) -> ConsentRow | None:
        """Find the newest consent that covers an institution now, locked until commit.

        The lock keeps a withdrawal from slipping between the check and what depends on it.
        """
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM consents WHERE entity_id = $1"  # noqa: S608  (constant columns)
            " AND institution_digest = $2 AND status IN ('granted', 'active')"
            " AND valid_until > $3 AND notice_version = ANY($4)"
            " ORDER BY granted_at DESC LIMIT 1 FOR SHARE",
            self.tx.scope(),
            institution_digest,
            now,
            accepted_versions(now),
        )
        return None if record is None else _consent(record)

    async def latest(self, institution_digest: bytes) -> ConsentId | None:
        """Find the newest consent for an institution, whatever its state."""
        found: ConsentId | None = await self.tx.conn.fetchval(
            "SELECT id FROM consents WHERE entity_id = $1 AND institution_digest = $2"
            " ORDER BY granted_at DESC, id DESC LIMIT 1",
            self.tx.scope(),
            institution_digest,
        )
        return found

    async def covers(self, consent_id: UUID, *, now: datetime) -> bool:
        """Tell whether one consent is in force now, locked until commit.

        The lock is one that ``activate`` needs no stronger one after: two that check and then
        activate would wait for each other.
        """
        found = await self.tx.conn.fetchval(
            "SELECT true FROM consents WHERE entity_id = $1 AND id = $2"
            " AND status IN ('granted', 'active') AND valid_until > $3"
            " AND notice_version = ANY($4) FOR NO KEY UPDATE",
            self.tx.scope(),
            consent_id,
            now,
            accepted_versions(now),
        )
        return found is not None

    async def activate(self, consent_id: UUID) -> bool:
        """Note that a connection was bound under it; False where that was known."""
        found = await self.tx.conn.fetchval(
            "UPDATE consents SET status = 'active'"
            " WHERE entity_id = $1 AND id = $2 AND status = 'granted' RETURNING true",
            self.tx.scope(),
            consent_id,
        )
        return found is not None

    async def revoke_all(self, *, at: datetime) -> list[ConsentId]:
        """End every consent of the entity; gives those that were in force."""
        records = await self.tx.conn.fetch(
            "UPDATE consents SET status = 'revoked', revoked_at = $2"
            " WHERE entity_id = $1 AND status IN ('granted', 'active') RETURNING id",
            self.tx.scope(),
            at,
        )
        return [ConsentId(one["id"]) for one in records]

    async def supersede(self, institution_digest: bytes) -> list[ConsentId]:
        """Close what a new agreement for the institution takes the place of; newest first."""
        records = await self.tx.conn.fetch(
            "UPDATE consents SET status = 'superseded'"
            " WHERE entity_id = $1 AND institution_digest = $2"
            " AND status IN ('granted', 'active', 'expired') RETURNING id, granted_at",
            self.tx.scope(),
            institution_digest,
        )
        ordered = sorted(records, key=lambda one: one["granted_at"], reverse=True)
        return [ConsentId(one["id"]) for one in ordered]

    async def expire(self, *, now: datetime) -> list[ConsentId]:
        """Close those whose time is over."""
        records = await self.tx.conn.fetch(
            "UPDATE consents SET status = 'expired' WHERE entity_id = $1"
            " AND status IN ('granted', 'active') AND valid_until <= $2 RETURNING id",
            self.tx.scope(),
            now,
        )
        return [ConsentId(one["id"]) for one in records]

    async def revoke(self, institution_digest: bytes, *, at: datetime) -> list[ConsentId]:
        """End every consent for an institution; gives those that were in force."""
        records = await self.tx.conn.fetch(
            "UPDATE consents SET status = 'revoked', revoked_at = $3"
            " WHERE entity_id = $1 AND institution_digest = $2"
            " AND status IN ('granted', 'active') RETURNING id",
            self.tx.scope(),
            institution_digest,
            at,
        )
        return [ConsentId(r["id"]) for r in records]


@dataclass(frozen=True, slots=True)
class ConnectSessionRows:
    """The connect sessions of the transaction's entity."""

    tx: Tx

    async def add(
        self, row: ConnectSessionRow, *, nonce_digest: bytes, connector_digest: bytes
    ) -> None:
        """Open a session and the route that finds it by its nonce."""
        await self.tx.conn.execute(
            "INSERT INTO connect_sessions (entity_id, id, user_id, consent_id,"
            " institution_digest, item_id, created_at, claimable_until)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            self.tx.scope(),
            row.id,
            row.user_id,
            row.consent_id,
            row.institution_digest,
            row.item_id,
            row.created_at,
            row.claimable_until,
        )
        await self.tx.conn.execute(
            "INSERT INTO nonce_routes"
            " (nonce_digest, entity_id, connect_session_id, expires_at, connector_digest)"
            " VALUES ($1, $2, $3, $4, $5)",
            nonce_digest,
            self.tx.scope(),
            row.id,
            row.claimable_until,
            connector_digest,
        )

    async def any_open(self, *, now: datetime) -> bool:
        """Tell whether a session could still claim an item."""
        found = await self.tx.conn.fetchval(
            "SELECT true FROM connect_sessions WHERE entity_id = $1 AND claimable_until > $2"
            " LIMIT 1",
            self.tx.scope(),
            now,
        )
        return bool(found)

    async def unclaimed(
        self, institution_digest: bytes, *, earliest: datetime, latest: datetime, now: datetime
    ) -> UUID | None:
        """Find the newest session for a bank, opened in between, that claimed no item yet."""
        found: UUID | None = await self.tx.conn.fetchval(
            "SELECT id FROM connect_sessions WHERE entity_id = $1 AND institution_digest = $2"
            " AND created_at BETWEEN $3 AND $4 AND claimable_until > $5"
            " AND claimed_item_id IS NULL ORDER BY created_at DESC LIMIT 1",
            self.tx.scope(),
            institution_digest,
            earliest,
            latest,
            now,
        )
        return found

    async def claim(
        self, session_id: UUID, item_id: ItemId, *, now: datetime
    ) -> ConnectSessionRow | None:
        """Let a session bind *item_id*; None where it is late or unknown.

        A widget may make another item after a first login failed, so the nonce, which only this
        entity's token carried, is good for all items until the session ends.
        """
        record = await self.tx.conn.fetchrow(
            "UPDATE connect_sessions SET claimed_item_id = $3"
            " WHERE entity_id = $1 AND id = $2 AND claimable_until > $4"
            " RETURNING id, user_id, consent_id, institution_digest, item_id, created_at,"
            " claimable_until, claimed_item_id",
            self.tx.scope(),
            session_id,
            item_id,
            now,
        )
        return None if record is None else ConnectSessionRow(**dict(record))


@dataclass(frozen=True, slots=True)
class NonceRoutes:
    """Whose connect session a nonce belongs to; asked before an entity is known."""

    tx: Tx

    async def find(self, digest: bytes, *, now: datetime) -> tuple[EntityId, UUID] | None:
        """Find entity and connect session of an unexpired nonce; none of a suspended entity."""
        record = await self.tx.conn.fetchrow(
            "SELECT n.entity_id, n.connect_session_id FROM nonce_routes n"
            " JOIN entities e ON e.id = n.entity_id AND e.suspended_at IS NULL"
            " WHERE n.nonce_digest = $1 AND n.expires_at > $2",
            digest,
            now,
        )
        if record is None:
            return None
        return EntityId(record["entity_id"]), record["connect_session_id"]

    async def others_with(self, connector_digest: bytes, *, ending_from: datetime) -> bool:
        """Tell whether another entity has a session for this bank that ends then or later."""
        found = await self.tx.conn.fetchval(
            "SELECT true FROM nonce_routes WHERE connector_digest = $1 AND expires_at >= $2"
            " AND entity_id <> $3 LIMIT 1",
            connector_digest,
            ending_from,
            self.tx.scope(),
        )
        return bool(found)

    async def any_open(self, *, now: datetime) -> bool:
        """Tell whether any connect session could still claim an item."""
        found = await self.tx.conn.fetchval(
            "SELECT true FROM nonce_routes WHERE expires_at > $1 LIMIT 1", now
        )
        return found is not None

    async def drop_expired(self, *, now: datetime) -> None:
        """Remove routes that can no longer be used."""
        await self.tx.conn.execute("DELETE FROM nonce_routes WHERE expires_at <= $1", now)
