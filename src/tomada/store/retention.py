"""What has outlived its class: found, counted, deleted, a batch at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tomada.domain.ids import EntityId
from tomada.domain.retention import CLASSES
from tomada.store.tx import Tx

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of *table* are over when *since*, plus what their class allows, is past.

    *only* narrows it. Those of an entity are looked at in a transaction of that entity.
    """

    table: str
    kept_as: str
    since: str
    only: str = "true"
    of_entity: bool = True

    @property
    def keep(self) -> timedelta:
        """How long the class allows."""
        keep = CLASSES[self.kept_as].keep
        if keep is None:
            raise ValueError(f"rows of {self.kept_as} do not end by time")
        return keep


RULES = (
    Rule("consent_events", "R4", "at", "consent_id NOT IN (SELECT id FROM consents"
         " WHERE entity_id = consent_events.entity_id)"),
    Rule("consents", "R4", "coalesce(revoked_at, valid_until)",
         "status NOT IN ('granted', 'active')"
         " AND NOT EXISTS (SELECT FROM items i WHERE i.entity_id = consents.entity_id"
         " AND i.consent_id = consents.id)"),
    Rule("syncs", "T1", "requested_at"),
    Rule("feed", "T1", "at"),
    Rule("notifications", "T1", "at"),
    Rule("connect_sessions", "T1", "claimable_until"),
    Rule("removals", "T1", "decided_at"),
    Rule("quota_uses", "T1", "last_at"),
    # Tombstones: a late event must not bring the row back.
    Rule("transactions", "T1", "gone_at", "gone_at IS NOT NULL"),
    Rule("item_endings", "R4", "confirmed_at", of_entity=False),
    Rule("privacy_requests", "R4", "done_at", of_entity=False),
    Rule("inbox", "R3", "received_at", "state <> 'new'", of_entity=False),
    Rule("pgqueuer_log", "T2", "created", of_entity=False),
    Rule("pgqueuer_statistics", "T2", "created", of_entity=False),
)  # fmt: skip
"""Consents go before their events are looked at again, so an event goes a run after its consent."""


@dataclass(frozen=True, slots=True)
class RetentionRows:
    """Rows that are over; names and conditions come from the rules alone."""

    tx: Tx

    async def count(self, rule: Rule, *, now: datetime) -> int:
        """Count those of a rule."""
        found = await self.tx.conn.fetchval(
            f"SELECT count(*) FROM {rule.table} WHERE {self._where(rule)}",  # noqa: S608  (a rule's)
            *self._values(rule, now),
        )
        return int(found)

    async def delete(self, rule: Rule, *, now: datetime) -> int:
        """Delete some of them; gives how many."""
        gone = await self.tx.conn.execute(
            f"DELETE FROM {rule.table} WHERE ctid = ANY(ARRAY("  # noqa: S608  (a rule's)
            f"SELECT ctid FROM {rule.table} WHERE {self._where(rule)} LIMIT {_BATCH}))",
            *self._values(rule, now),
        )
        return int(gone.split()[-1])

    async def entities(self) -> list[EntityId]:
        """List all there are, erased ones too."""
        records = await self.tx.conn.fetch("SELECT id FROM entities ORDER BY id")
        return [EntityId(one["id"]) for one in records]

    def _where(self, rule: Rule) -> str:
        own = " AND entity_id = $2" if rule.of_entity else ""
        return f"{rule.since} < $1 AND {rule.only}{own}"

    def _values(self, rule: Rule, now: datetime) -> tuple[object, ...]:
        cutoff = now - rule.keep
        return (cutoff, self.tx.scope()) if rule.of_entity else (cutoff,)
