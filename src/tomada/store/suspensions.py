"""Users and entities that are stopped; and the list of users for the operator."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import EntityId, UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class ListedUser:
    """One user as the operator sees them; *sealed* is the profile."""

    id: UserId
    sealed: bytes
    created_at: datetime
    suspended_at: datetime | None
    roles: list[str]
    entities: list[EntityId]


@dataclass(frozen=True, slots=True)
class SuspensionRows:
    """What is suspended; read by everything that lets somebody in or does something for them."""

    tx: Tx

    async def suspend_user(self, user_id: UserId, *, at: datetime) -> bool:
        """Stop a user; False where they are stopped."""
        stopped = await self.tx.conn.fetchval(
            "UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL"
            " RETURNING true",
            user_id,
            at,
        )
        return bool(stopped)

    async def resume_user(self, user_id: UserId) -> bool:
        """Let a user go on; False where they were not stopped."""
        resumed = await self.tx.conn.fetchval(
            "UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL"
            " RETURNING true",
            user_id,
        )
        return bool(resumed)

    async def left_alone(self, user_id: UserId) -> list[EntityId]:
        """List the entities of a user that go on and have no other user who does."""
        rows = await self.tx.conn.fetch(
            "SELECT e.id FROM memberships m JOIN entities e ON e.id = m.entity_id"
            " WHERE m.user_id = $1 AND e.suspended_at IS NULL AND NOT EXISTS ("
            "  SELECT 1 FROM memberships o JOIN users u ON u.id = o.user_id"
            "  WHERE o.entity_id = e.id AND o.user_id <> $1 AND u.disabled_at IS NULL)",
            user_id,
        )
        return [EntityId(row["id"]) for row in rows]

    async def stopped_with(self, user_id: UserId) -> list[EntityId]:
        """List the entities that were stopped because this user was."""
        rows = await self.tx.conn.fetch(
            "SELECT id FROM entities WHERE suspended_with = $1 AND suspended_at IS NOT NULL",
            user_id,
        )
        return [EntityId(row["id"]) for row in rows]

    async def suspend_entity(self, *, at: datetime, with_user: UserId | None) -> bool:
        """Stop the entity of the transaction; False where it is stopped or not there.

        Runs under way are overtaken: none of them writes any more.
        """
        entity = self.tx.scope()
        stopped = await self.tx.conn.fetchval(
            "UPDATE entities SET suspended_at = $2, suspended_with = $3"
            " WHERE id = $1 AND suspended_at IS NULL RETURNING true",
            entity,
            at,
            with_user,
        )
        await self.tx.conn.execute(
            "UPDATE work SET fence = fence + 1, holder = NULL, lease_until = NULL"
            " WHERE item_id IN (SELECT item_id FROM item_routes WHERE entity_id = $1)",
            entity,
        )
        return bool(stopped)

    async def resume_entity(self) -> bool:
        """Let the entity of the transaction go on; False where it was not stopped."""
        resumed = await self.tx.conn.fetchval(
            "UPDATE entities SET suspended_at = NULL, suspended_with = NULL"
            " WHERE id = $1 AND suspended_at IS NOT NULL RETURNING true",
            self.tx.scope(),
        )
        return bool(resumed)

    async def users(self) -> list[ListedUser]:
        """List all users, the oldest first."""
        rows = await self.tx.conn.fetch(
            "SELECT u.id, u.sealed, u.created_at, u.disabled_at AS suspended_at,"
            " ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id ORDER BY 1) AS roles,"
            " ARRAY(SELECT m.entity_id FROM memberships m WHERE m.user_id = u.id ORDER BY 1)"
            "  AS entities FROM users u ORDER BY u.created_at, u.id"
        )
        return [ListedUser(**row) for row in rows]
