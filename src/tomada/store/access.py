"""Users, sessions and attempts: read before an entity is known, so they hold no data.

E-mails are digests, names and e-mails are sealed, secrets are SHA-256 of random tokens. Those
rows are found without an entity; what a session gives is the entity of everything after it.
"""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.access import Role
from tomada.domain.ids import EntityId, UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class UserRow:
    """One user; *sealed* is under the system keyset.

    *home* is the entity a sign-in opens: the oldest the user belongs to.
    """

    id: UserId
    sealed: bytes
    password_hash: str
    disabled: bool = False
    home: EntityId | None = None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One sign-in with its user's sealed name."""

    digest: bytes
    user_id: UserId
    entity_id: EntityId
    csrf_token: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    proved_at: datetime
    roles: frozenset[Role]
    sealed_user: bytes


@dataclass(frozen=True, slots=True)
class UserRows:
    """Users and the entities they belong to."""

    tx: Tx

    async def add(self, user: UserRow, *, email_digest: bytes, at: datetime) -> bool:
        """Add a user; False where the e-mail is taken."""
        added = await self.tx.conn.fetchval(
            "INSERT INTO users (id, email_digest, sealed, password_hash, created_at)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email_digest) DO NOTHING RETURNING true",
            user.id,
            email_digest,
            user.sealed,
            user.password_hash,
            at,
        )
        return bool(added)

    async def by_email(self, email_digest: bytes) -> UserRow | None:
        """Find the user with this e-mail, in one query whether or not there is one."""
        row = await self.tx.conn.fetchrow(
            "SELECT u.id, u.sealed, u.password_hash, u.disabled_at IS NOT NULL AS disabled,"
            " h.entity_id AS home,"
            " ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id) AS roles"
            " FROM users u LEFT JOIN LATERAL ("
            "  SELECT m.entity_id FROM memberships m JOIN entities e ON e.id = m.entity_id"
            "  WHERE m.user_id = u.id AND e.suspended_at IS NULL"
            "  ORDER BY e.created_at, e.id LIMIT 1) h ON true"
            " WHERE u.email_digest = $1",
            email_digest,
        )
        return None if row is None else UserRow(**{**row, "roles": frozenset(row["roles"])})

    async def active(self, user_id: UserId, entity_id: EntityId) -> bool:
        """Tell whether the user may act for the entity: a member, and neither is suspended."""
        found = await self.tx.conn.fetchval(
            "SELECT true FROM memberships m JOIN users u ON u.id = m.user_id"
            " JOIN entities e ON e.id = m.entity_id"
            " WHERE m.user_id = $1 AND m.entity_id = $2"
            " AND u.disabled_at IS NULL AND e.suspended_at IS NULL",
            user_id,
            entity_id,
        )
        return bool(found)

    async def remove(self, user_id: UserId) -> None:
        """Remove a user with what they opened; what they did stays on record."""
        await self.tx.conn.execute("DELETE FROM users WHERE id = $1", user_id)

    async def set_password(self, user_id: UserId, password_hash: str) -> None:
        """Replace the password's hash."""
        await self.tx.conn.execute(
            "UPDATE users SET password_hash = $2 WHERE id = $1", user_id, password_hash
        )

    async def join(self, user_id: UserId, entity_id: EntityId, *, role: str) -> None:
        """Make the user a member of the entity."""
        await self.tx.conn.execute(
            "INSERT INTO memberships (user_id, entity_id, role) VALUES ($1, $2, $3)",
            user_id,
            entity_id,
            role,
        )


@dataclass(frozen=True, slots=True)
class SessionRows:
    """Sessions."""

    tx: Tx

    async def add(self, session: SessionRow) -> None:
        """Keep a new session."""
        await self.tx.conn.execute(
            "INSERT INTO sessions"
            " (token_digest, user_id, entity_id, csrf_token, created_at, seen_at, expires_at,"
            " proved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            session.digest,
            session.user_id,
            session.entity_id,
            session.csrf_token,
            session.created_at,
            session.seen_at,
            session.expires_at,
            session.proved_at,
        )

    async def live(
        self, digest: bytes, *, now: datetime, idle_since: datetime
    ) -> SessionRow | None:
        """Find a session that has neither expired nor idled, of a member who may sign in."""
        row = await self.tx.conn.fetchrow(
            "SELECT s.token_digest AS digest, s.user_id, s.entity_id, s.csrf_token, s.created_at,"
            " s.seen_at, s.expires_at, coalesce(s.proved_at, s.created_at) AS proved_at,"
            " ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id) AS roles,"
            " u.sealed AS sealed_user"
            " FROM sessions s JOIN users u ON u.id = s.user_id"
            " JOIN entities e ON e.id = s.entity_id"
            " JOIN memberships m ON m.user_id = s.user_id AND m.entity_id = s.entity_id"
            " WHERE s.token_digest = $1 AND s.expires_at > $2 AND s.seen_at > $3"
            " AND u.disabled_at IS NULL AND e.suspended_at IS NULL",
            digest,
            now,
            idle_since,
        )
        return None if row is None else SessionRow(**{**row, "roles": frozenset(row["roles"])})

    async def touch(self, digest: bytes, *, now: datetime) -> None:
        """Note that the session was used."""
        await self.tx.conn.execute(
            "UPDATE sessions SET seen_at = $2 WHERE token_digest = $1 AND seen_at < $2", digest, now
        )

    async def end(self, digest: bytes) -> bool:
        """Delete a session and its tickets; False where there was none."""
        ended = await self.tx.conn.fetchval(
            "DELETE FROM sessions WHERE token_digest = $1 RETURNING true", digest
        )
        return bool(ended)

    async def end_all(self, user_id: UserId) -> None:
        """Delete every session of a user."""
        await self.tx.conn.execute("DELETE FROM sessions WHERE user_id = $1", user_id)

    async def sweep(self, *, now: datetime, idle_since: datetime) -> int:
        """Delete sessions and tickets that no longer open anything; gives the sessions' number."""
        await self.tx.conn.execute("DELETE FROM tickets WHERE expires_at <= $1", now)
        swept = await self.tx.conn.fetch(
            "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2 RETURNING 1",
            now,
            idle_since,
        )
        return len(swept)


@dataclass(frozen=True, slots=True)
class AttemptRows:
    """Tries at a door, counted by a digest of who knocks where."""

    tx: Tx

    async def lock(self, keys: list[bytes]) -> None:
        """Make tries at these doors wait for each other, so that none slips past the count."""
        for key in sorted({int.from_bytes(key[:8], "big", signed=True) for key in keys}):
            await self.tx.conn.execute("SELECT pg_advisory_xact_lock($1)", key)

    async def since(self, key: bytes, start: datetime) -> tuple[int, datetime | None]:
        """Count the tries after *start*, and say when the oldest of them was."""
        row = await self.tx.conn.fetchrow(
            "SELECT count(*) AS n, min(at) AS oldest FROM attempts"
            " WHERE key_digest = $1 AND at > $2",
            key,
            start,
        )
        return row["n"], row["oldest"]

    async def add(self, key: bytes, *, at: datetime) -> None:
        """Note one try."""
        await self.tx.conn.execute("INSERT INTO attempts (key_digest, at) VALUES ($1, $2)", key, at)

    async def forget(self, key: bytes) -> None:
        """Drop the tries at one door, after a success."""
        await self.tx.conn.execute("DELETE FROM attempts WHERE key_digest = $1", key)

    async def sweep(self, *, before: datetime) -> None:
        """Drop tries that no longer count."""
        await self.tx.conn.execute("DELETE FROM attempts WHERE at <= $1", before)
