"""Deleting what has outlived its class, and closing consents whose time is over."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tomada.domain.clock import Clock
from tomada.domain.errors import TomadaError
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.consent_log import ConsentLog
from tomada.services.vault import Vault
from tomada.store.consents import ConsentRows
from tomada.store.retention import RULES, RetentionRows, Rule
from tomada.store.tx import Store
from tomada.telemetry import log

EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Retention:
    """Goes through the rules once a day; safe in several processes and to repeat."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    _last: list[datetime] = field(default_factory=list, repr=False)

    async def run_daily(self) -> None:
        """Do it where this process did not within a day."""
        now = self.clock()
        if self._last and now - self._last[0] < EVERY:
            return
        gone = await self.run()
        self._last[:] = [now]
        if gone:
            log.info("retention_done", rows=sum(gone.values()))

    async def run(self, *, dry_run: bool = False) -> Counter[str]:
        """Delete what is over, or count it; gives how many rows by table."""
        found: Counter[str] = Counter()
        async with self.store.begin() as tx:
            entities = await RetentionRows(tx).entities()
        for entity in entities:
            if not dry_run:
                await self._expire(entity)
            for rule in (one for one in RULES if one.of_entity):
                found[rule.table] += await self._apply(rule, entity, dry_run=dry_run)
        for rule in (one for one in RULES if not one.of_entity):
            found[rule.table] += await self._apply(rule, None, dry_run=dry_run)
        return +found

    async def _apply(self, rule: Rule, entity: EntityId | None, *, dry_run: bool) -> int:
        total, now = 0, self.clock()
        while True:
            async with self.store.begin(entity, erasing=True) as tx:
                rows = RetentionRows(tx)
                if dry_run:
                    return await rows.count(rule, now=now)
                gone = await rows.delete(rule, now=now)
            total += gone
            if not gone:
                return total

    async def _expire(self, entity: EntityId) -> None:
        """Close consents whose time is over; those of who was erased are closed already."""
        try:
            keys = await self.vault.keys(entity)
            async with self.store.begin(entity) as tx:
                for consent_id in await ConsentRows(tx).expire(now=self.clock()):
                    await ConsentLog(self.clock, self.audit).add(tx, keys, consent_id, "expired")
        except TomadaError as error:
            log.info("consents_not_looked_at", code=error.code)
