"""What a person sees of their own data at once: how much there is, and who looked at it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tomada.domain.audit import AuditEntry
from tomada.domain.ids import EntityId
from tomada.services.audit import Audit
from tomada.services.sources import COUNTED
from tomada.store.audit import AuditRows
from tomada.store.entities import EntityRows
from tomada.store.item_endings import EndingRow, EndingRows
from tomada.store.subject_rows import SubjectRows
from tomada.store.tx import Store

Who = Literal["you", "system", "operator", "somebody"]


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that was done; *reason* and *case* are there where it was done by a duty."""

    at: datetime
    who: Who
    action: str
    outcome: str
    reason: str | None
    case: str | None


@dataclass(frozen=True, slots=True)
class Accesses:
    """Reads counts and the audit for the person they are about."""

    store: Store
    audit: Audit

    async def counts(self, entity: EntityId) -> dict[str, int]:
        """Count what is held, by table, of what a person knows by name."""
        async with self.store.begin(entity) as tx:
            return {name: await SubjectRows(tx).count(name) for name, _, _ in COUNTED}

    async def endings(self, entity: EntityId) -> list[EndingRow]:
        """List connections on their way out at Pluggy, and those that are gone there."""
        async with self.store.begin(entity) as tx:
            return await EndingRows(tx).of(entity)

    async def list(
        self, entity: EntityId, *, limit: int = 100, others_only: bool = False
    ) -> list[Access]:
        """List what was done, the newest first; *others_only* leaves out themselves and us."""
        async with self.store.begin(entity) as tx:
            people = await EntityRows(tx).people()
            entries = await AuditRows(tx).entries(limit=limit)
        own = {self.audit.pseudonym("user", str(one)) for one in people}
        seen = [_access(one.entry, own) for one in entries]
        return [one for one in seen if not others_only or one.who in ("operator", "somebody")]


def _access(entry: AuditEntry, own: set[Any]) -> Access:
    case = entry.data.get("case")
    return Access(
        at=entry.at,
        who=_who(entry, own),
        action=entry.action,
        outcome=entry.outcome,
        reason=entry.reason,
        case=None if case is None else str(case),
    )


def _who(entry: AuditEntry, own: set[Any]) -> Who:
    match entry.actor_kind:
        case "system":
            return "system"
        case "operator":
            return "operator"
        case _:
            return "you" if entry.actor in own else "somebody"
