"""What a look at the installation asks the database: rights, guards, and what does not fit."""

from dataclasses import dataclass
from datetime import datetime

from tomada.domain.ids import EntityId, ItemId
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class RoleRights:
    """What the serving role may do beyond serving; *owns* counts tables of the schema."""

    superuser: bool
    bypasses_policies: bool
    makes_roles: bool
    owns: int


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One connection, and how many of its entity's are at the same institution."""

    id: ItemId
    status: str
    next_auto_sync_at: datetime | None
    of_institution: int


@dataclass(frozen=True, slots=True)
class InspectionRows:
    """Looks over all entities; ids, counts and codes."""

    tx: Tx

    async def role(self) -> RoleRights:
        """Tell what the role of this connection may do."""
        record = await self.tx.conn.fetchrow(
            "SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole,"
            " (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid"
            " AND c.relnamespace = 'tomada'::regnamespace AND c.relkind IN ('r', 'p')) AS owns"
            " FROM pg_roles r WHERE r.rolname = current_user"
        )
        return RoleRights(*record)

    async def unguarded(self) -> list[str]:
        """Name tables whose rows belong to an entity and which are not behind a forced policy."""
        records = await self.tx.conn.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'tomada'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND a.attname = 'entity_id' AND NOT a.attisdropped"
            " AND coalesce(obj_description(c.oid, 'pg_class'), '') NOT LIKE 'routing%'"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity"
            " AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))"
            " ORDER BY c.relname"
        )
        return [record["relname"] for record in records]

    async def refused_until(self, *, now: datetime) -> list[str]:
        """Name the endpoint families that Pluggy refused lately, by its own rate limit."""
        records = await self.tx.conn.fetch(
            "SELECT family FROM allowance_lines WHERE paused_until > $1 OR ceiling_until > $1"
            " ORDER BY family",
            now,
        )
        return [record["family"] for record in records]

    async def from_elsewhere(self, *, since: datetime) -> int:
        """Count deliveries that came from an address that is not on the list."""
        count: int = await self.tx.conn.fetchval(
            "SELECT count(*) FROM inbox WHERE source = 'elsewhere' AND received_at >= $1", since
        )
        return count

    async def unclaimed(self) -> int:
        """Count items that Pluggy told of and nobody here owns."""
        count: int = await self.tx.conn.fetchval(
            "SELECT count(DISTINCT item_id) FROM inbox"
            " WHERE state = 'quarantined' AND reason = 'unclaimed'"
        )
        return count

    async def items(self) -> list[ItemFacts]:
        """List the connections of the transaction's entity."""
        records = await self.tx.conn.fetch(
            "SELECT id, status, next_auto_sync_at,"
            " count(*) OVER (PARTITION BY institution_digest) AS of_institution"
            " FROM items WHERE entity_id = $1 ORDER BY id",
            self.tx.scope(),
        )
        return [ItemFacts(*record) for record in records]

    async def entities(self) -> list[EntityId]:
        """List the entities that have a connection."""
        records = await self.tx.conn.fetch(
            "SELECT DISTINCT entity_id FROM item_routes ORDER BY entity_id"
        )
        return [EntityId(record["entity_id"]) for record in records]
