"""Duties of users, and whether an entity is there: routing rows, without data."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.access import Role
from tomada.domain.ids import UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class RoleRows:
    """Who has which duty."""

    tx: Tx

    async def give(self, user_id: UserId, role: Role, *, at: datetime) -> bool:
        """Add a duty; False where the user has it."""
        given = await self.tx.conn.fetchval(
            "INSERT INTO user_roles (user_id, role, granted_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (user_id, role) DO NOTHING RETURNING true",
            user_id,
            role,
            at,
        )
        return bool(given)

    async def take(self, user_id: UserId, role: Role) -> bool:
        """Remove a duty; False where the user has it not."""
        taken = await self.tx.conn.fetchval(
            "DELETE FROM user_roles WHERE user_id = $1 AND role = $2 RETURNING true", user_id, role
        )
        return bool(taken)


@dataclass(frozen=True, slots=True)
class EntityRows:
    """The entity of the transaction."""

    tx: Tx

    async def exists(self) -> bool:
        """Tell whether it is there."""
        found = await self.tx.conn.fetchval(
            "SELECT true FROM entities WHERE id = $1", self.tx.scope()
        )
        return bool(found)
