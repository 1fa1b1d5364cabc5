"""The embedding product's names for users and entities, as digests: routing rows."""

from dataclasses import dataclass

from tomada.domain.ids import EntityId, UserId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Known:
    """What is there of a user and an entity that a product names."""

    user_id: UserId | None
    entity_id: EntityId | None
    member: bool
    suspended: bool


@dataclass(frozen=True, slots=True)
class ProductUserRows:
    """A product's user is a row of ``users`` under another digest than any e-mail's."""

    tx: Tx

    async def lock(self, *digests: bytes) -> None:
        """Make others who name the same wait until commit."""
        for key in sorted({int.from_bytes(one[:8], "big", signed=True) for one in digests}):
            await self.tx.conn.execute("SELECT pg_advisory_xact_lock($1)", key)

    async def find(self, *, user_digest: bytes, entity_digest: bytes) -> Known:
        """Find both, in one query."""
        row = await self.tx.conn.fetchrow(
            "SELECT u.id AS user_id, e.id AS entity_id, m.user_id IS NOT NULL AS member,"
            " u.disabled_at IS NOT NULL OR e.suspended_at IS NOT NULL AS suspended"
            " FROM (SELECT 1) one LEFT JOIN users u ON u.email_digest = $1"
            " LEFT JOIN product_entities p ON p.ref_digest = $2"
            " LEFT JOIN entities e ON e.id = p.entity_id"
            " LEFT JOIN memberships m ON m.user_id = u.id AND m.entity_id = e.id",
            user_digest,
            entity_digest,
        )
        return Known(**row)

    async def name_entity(self, digest: bytes) -> None:
        """Keep the product's name for the entity of the transaction."""
        await self.tx.conn.execute(
            "INSERT INTO product_entities (ref_digest, entity_id) VALUES ($1, $2)",
            digest,
            self.tx.scope(),
        )
