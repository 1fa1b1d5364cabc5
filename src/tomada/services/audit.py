"""Who did what to whose data; written in the transaction of what it tells of."""

from dataclasses import dataclass
from typing import Any

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.store.audit import AuditRow, AuditRows
from tomada.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Audit:
    """The writer of audit entries."""

    clock: Clock

    async def write(
        self,
        tx: Tx,
        action: str,
        *,
        caller: Caller | None = None,
        subject: tuple[str, str] | None = None,
        outcome: str = "done",
        data: dict[str, Any] | None = None,
    ) -> None:
        """Add an entry to the entity of *tx*.

        Without a *caller* the installation itself acted. *subject* is kind and id of what it was
        done to; *data* has counts and codes, nothing personal.
        """
        kind, name = subject if subject is not None else (None, None)
        await AuditRows(tx).add(
            AuditRow(
                id=uuid7(),
                at=self.clock(),
                actor_kind="system" if caller is None else "user",
                actor_id=None if caller is None else caller.user_id,
                action=action,
                object_kind=kind,
                object_id=name,
                outcome=outcome,
                request_id="" if caller is None else caller.request_id,
                data=data or {},
            )
        )
