"""Second factors of users, and their recovery codes as digests: routing rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A factor; *sealed* is its secret, *last_step* the last half minute a code was taken of."""

    sealed: bytes
    confirmed: bool
    last_step: int


@dataclass(frozen=True, slots=True)
class SecondFactorRows:
    """The factors."""

    tx: Tx

    async def get(self, user_id: UserId) -> FactorRow | None:
        """Find a user's."""
        row = await self.tx.conn.fetchrow(
            "SELECT sealed, confirmed_at IS NOT NULL AS confirmed, last_step"
            " FROM second_factors WHERE user_id = $1",
            user_id,
        )
        return None if row is None else FactorRow(**row)

    async def begin(self, user_id: UserId, sealed: bytes, *, at: datetime) -> bool:
        """Keep a factor that waits for its first code; False where one is confirmed."""
        kept = await self.tx.conn.fetchval(
            "INSERT INTO second_factors AS f (user_id, sealed, created_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (user_id) DO UPDATE SET sealed = $2, created_at = $3, last_step = 0"
            " WHERE f.confirmed_at IS NULL RETURNING true",
            user_id,
            sealed,
            at,
        )
        return bool(kept)

    async def confirm(self, user_id: UserId, *, at: datetime) -> bool:
        """Put a factor that waited into force; False where none waits."""
        confirmed = await self.tx.conn.fetchval(
            "UPDATE second_factors SET confirmed_at = $2"
            " WHERE user_id = $1 AND confirmed_at IS NULL RETURNING true",
            user_id,
            at,
        )
        return bool(confirmed)

    async def take_step(self, user_id: UserId, step: int) -> bool:
        """Use the code of a half minute up; False where it or a later one was used."""
        taken = await self.tx.conn.fetchval(
            "UPDATE second_factors SET last_step = $2"
            " WHERE user_id = $1 AND last_step < $2 RETURNING true",
            user_id,
            step,
        )
        return bool(taken)

    async def remove(self, user_id: UserId) -> bool:
        """Remove a factor with its recovery codes; False where there is none."""
        await self.tx.conn.execute("DELETE FROM recovery_codes WHERE user_id = $1", user_id)
        removed = await self.tx.conn.fetchval(
            "DELETE FROM second_factors WHERE user_id = $1 RETURNING true", user_id
        )
        return bool(removed)

    async def keep_codes(self, user_id: UserId, digests: Iterable[bytes]) -> None:
        """Keep new recovery codes in place of the old ones."""
        await self.tx.conn.execute("DELETE FROM recovery_codes WHERE user_id = $1", user_id)
        await self.tx.conn.executemany(
            "INSERT INTO recovery_codes (user_id, digest) VALUES ($1, $2)",
            [(user_id, digest) for digest in digests],
        )

    async def take_code(self, user_id: UserId, digest: bytes) -> bool:
        """Use a recovery code up; False for none."""
        taken = await self.tx.conn.fetchval(
            "DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2 RETURNING true",
            user_id,
            digest,
        )
        return bool(taken)
