"""Who did what to whose data; written in the transaction of what it tells of.

Persons, operators and things appear under pseudonyms: keyed digests of their ids, which only this
installation can match with an id it knows.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.audit import INSTALLATION, AuditEntry
from tomada.domain.clock import Clock
from tomada.services.vault import Keys
from tomada.store.audit import AuditRows
from tomada.store.tx import Tx
from tomada.telemetry import correlation


@dataclass(frozen=True, slots=True)
class Audit:
    """The writer of audit entries; *system* are the installation's keys."""

    clock: Clock
    system: Keys

    async def write(  # noqa: PLR0913  (most entries need three of them)
        self,
        tx: Tx,
        action: str,
        *,
        caller: Caller | None = None,
        operator: str | None = None,
        subject: tuple[str, str] | None = None,
        outcome: str = "done",
        data: dict[str, Any] | None = None,
        reason: str | None = None,
        consent_id: UUID | None = None,
        details: tuple[Keys, dict[str, Any]] | None = None,
    ) -> None:
        """Add an entry to the log of *tx*'s entity, or of the installation where it has none.

        It is put down at the end of the transaction. Without a *caller* or an *operator*, a name
        at the operating system, the installation itself acted. *subject* is kind and id of what
        it was done to; *data* has counts and codes, *reason* is a code, nothing personal. What
        may name persons goes into *details*, sealed by the entity's keys.
        """
        kind, name = subject if subject is not None else (None, None)
        actor_kind, actor = _actor(caller, operator)
        entry_id = uuid7()
        entry = AuditEntry(
            id=entry_id,
            entity=tx.entity or INSTALLATION,
            at=self.clock(),
            actor_kind=actor_kind,
            actor=None if actor is None else self.pseudonym(actor_kind, actor),
            action=action,
            object_kind=kind,
            object_name=None if kind is None else self.name(kind, name or ""),
            outcome=outcome,
            request_id=correlation() if caller is None else caller.request_id,
            consent_id=consent_id,
            reason=reason or (caller.reason.kind if caller and caller.reason else None),
            data=data or {},
            sealed=None if details is None else _sealed(entry_id, *details),
        )
        tx.at_its_end(partial(AuditRows(tx).append, entry))

    def pseudonym(self, kind: str, name: str) -> UUID:
        """Give what stands in entries for an actor: the same one each time."""
        return UUID(bytes=self.system.digest(f"audit/{kind}", name.encode())[:16])

    def name(self, kind: str, name: str) -> str:
        """Give what stands in entries for an object."""
        return self.pseudonym(kind, name).hex


def _actor(caller: Caller | None, operator: str | None) -> tuple[str, str | None]:
    if caller is not None:
        return caller.kind, str(caller.user_id)
    return ("system", None) if operator is None else ("operator", operator)


def _sealed(entry_id: UUID, keys: Keys, details: dict[str, Any]) -> bytes:
    return keys.seal("audit", entry_id, msgspec.json.encode(details))
