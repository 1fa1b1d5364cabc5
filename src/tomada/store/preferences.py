"""What each person of an entity wants to be told by mail."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import UserId
from tomada.domain.notifications import Wishes
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Addressee:
    """A member of the entity; *sealed* is the profile, under the system keyset."""

    user_id: UserId
    sealed: bytes
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class PreferenceRows:
    """The wishes of the transaction's entity's members."""

    tx: Tx

    async def get(self, user_id: UserId) -> Wishes:
        """Give what a member wants; who said nothing wants what is usual."""
        row = await self.tx.conn.fetchrow(
            "SELECT email, language, details FROM notification_preferences"
            " WHERE entity_id = $1 AND user_id = $2",
            self.tx.scope(),
            user_id,
        )
        return Wishes() if row is None else Wishes(**dict(row))

    async def set(self, user_id: UserId, wishes: Wishes, *, at: datetime) -> None:
        """Keep what a member wants."""
        await self.tx.conn.execute(
            "INSERT INTO notification_preferences"
            " (entity_id, user_id, email, language, details, changed_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (entity_id, user_id) DO UPDATE SET"
            " email = $3, language = $4, details = $5, changed_at = $6",
            self.tx.scope(),
            user_id,
            wishes.email,
            wishes.language,
            wishes.details,
            at,
        )

    async def addressees(self) -> list[Addressee]:
        """List the members that want mail and may still sign in."""
        records = await self.tx.conn.fetch(
            "SELECT u.id, u.sealed, p.email, p.language, p.details FROM memberships m"
            " JOIN users u ON u.id = m.user_id"
            " LEFT JOIN notification_preferences p"
            "  ON p.entity_id = m.entity_id AND p.user_id = m.user_id"
            " WHERE m.entity_id = $1 AND u.disabled_at IS NULL AND coalesce(p.email, true)"
            " ORDER BY u.id",
            self.tx.scope(),
        )
        return [
            Addressee(
                UserId(r["id"]),
                r["sealed"],
                Wishes()
                if r["email"] is None
                else Wishes(email=r["email"], language=r["language"], details=r["details"]),
            )
            for r in records
        ]
