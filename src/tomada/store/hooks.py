"""The installation's registered webhooks, with their sealed secrets."""

from dataclasses import dataclass
from datetime import datetime

from tomada.store.tx import Tx

_COLUMNS = (
    "name, webhook_id, sealed_secret, previous_sealed_secret, previous_until, rotated_at,"
    " registered_at, seen_at, checked_at, drift, drift_at"
)


@dataclass(frozen=True, slots=True)
class HookRow:
    """One registration.

    *previous_sealed_secret* is accepted until *previous_until*, and while the current secret has
    not been seen in a delivery (*seen_at*). *registered_at* is when Pluggy was last told the
    current secret, *drift* what the latest check found amiss.
    """

    name: str
    webhook_id: str | None
    sealed_secret: bytes
    previous_sealed_secret: bytes | None
    previous_until: datetime | None
    rotated_at: datetime | None
    registered_at: datetime | None
    seen_at: datetime | None
    checked_at: datetime | None
    drift: str | None
    drift_at: datetime | None


@dataclass(frozen=True, slots=True)
class HookRows:
    """The registrations."""

    tx: Tx

    async def get(self, name: str, *, lock: bool = False) -> HookRow | None:
        """Find one; *lock* makes others who would change it wait until commit."""
        record = await self.tx.conn.fetchrow(
            f"SELECT {_COLUMNS} FROM hooks WHERE name = $1{' FOR UPDATE' if lock else ''}",  # noqa: S608  (constants)
            name,
        )
        return None if record is None else HookRow(**dict(record))

    async def add(self, name: str, sealed_secret: bytes, *, at: datetime) -> None:
        """Keep a new secret; who comes second keeps the first one's."""
        await self.tx.conn.execute(
            "INSERT INTO hooks (name, sealed_secret, created_at) VALUES ($1, $2, $3)"
            " ON CONFLICT DO NOTHING",
            name,
            sealed_secret,
            at,
        )

    async def rotate(
        self,
        name: str,
        sealed_secret: bytes,
        *,
        previous: bytes | None,
        until: datetime | None,
        at: datetime,
    ) -> None:
        """Put a new secret in the place of the current one, which becomes *previous*."""
        await self.tx.conn.execute(
            "UPDATE hooks SET sealed_secret = $2, previous_sealed_secret = $3,"
            " previous_until = $4, rotated_at = $5, seen_at = NULL WHERE name = $1",
            name,
            sealed_secret,
            previous,
            until,
            at,
        )

    async def mark_seen(self, name: str, *, rotated_at: datetime | None, at: datetime) -> None:
        """Note the first delivery with the secret of that rotation."""
        await self.tx.conn.execute(
            "UPDATE hooks SET seen_at = $3 WHERE name = $1 AND seen_at IS NULL"
            " AND rotated_at IS NOT DISTINCT FROM $2",
            name,
            rotated_at,
            at,
        )

    async def mark_checked(
        self,
        name: str,
        webhook_id: str | None,
        *,
        drift: str | None,
        at: datetime,
        told: bool,
        checked: bool,
    ) -> None:
        """Record a check: what Pluggy calls the webhook, what was amiss, whether it was *told*."""
        await self.tx.conn.execute(
            "UPDATE hooks SET webhook_id = $2, drift = coalesce($3, drift),"
            " drift_at = CASE WHEN $3::text IS NULL THEN drift_at ELSE $4 END,"
            " registered_at = CASE WHEN $5 THEN $4 ELSE registered_at END,"
            " checked_at = CASE WHEN $6 THEN $4 ELSE checked_at END WHERE name = $1",
            name,
            webhook_id,
            drift,
            at,
            told,
            checked,
        )
