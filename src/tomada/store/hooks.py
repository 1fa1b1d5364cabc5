"""The installation's registered webhooks, with their sealed secrets."""

from dataclasses import dataclass
from datetime import datetime

from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class HookRow:
    """One registration; *previous_sealed_secret* is accepted until *previous_until*."""

    name: str
    webhook_id: str | None
    sealed_secret: bytes
    previous_sealed_secret: bytes | None
    previous_until: datetime | None


@dataclass(frozen=True, slots=True)
class HookRows:
    """The registrations."""

    tx: Tx

    async def get(self, name: str) -> HookRow | None:
        """Find one."""
        record = await self.tx.conn.fetchrow(
            "SELECT name, webhook_id, sealed_secret, previous_sealed_secret, previous_until"
            " FROM hooks WHERE name = $1",
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

    async def set_webhook(self, name: str, webhook_id: str | None, *, at: datetime) -> None:
        """Record what Pluggy calls it, and when that was checked."""
        await self.tx.conn.execute(
            "UPDATE hooks SET webhook_id = $2, checked_at = $3 WHERE name = $1",
            name,
            webhook_id,
            at,
        )
