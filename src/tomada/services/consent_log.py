"""The history of a consent: each event names the one before, and the audit log names each."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.consents import ConsentEventKind
from tomada.domain.ids import ConsentId
from tomada.services.audit import Audit
from tomada.services.vault import Keys
from tomada.store.consent_events import ConsentEventRow, ConsentEventRows
from tomada.store.tx import Tx

_TABLE = "consent_events"


class ConsentEvent(msgspec.Struct, frozen=True, rename="camel"):
    """The exact text of an event is its JSON; *salt* keeps its digest from being guessed."""

    consent_id: ConsentId
    n: int
    kind: ConsentEventKind
    at: datetime
    previous: str | None
    salt: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConsentLog:
    """Writes consent events in the transaction of what they tell of."""

    clock: Clock
    audit: Audit

    async def add(
        self,
        tx: Tx,
        keys: Keys,
        consent_id: UUID,
        kind: ConsentEventKind,
        *,
        caller: Caller | None = None,
        detail: dict[str, Any] | None = None,
    ) -> str:
        """Add an event and its audit entry; gives its SHA-256.

        The caller holds the consent's row, so that two events never take the same number.
        """
        number, previous = await ConsentEventRows(tx).last(consent_id)
        event = ConsentEvent(
            consent_id=ConsentId(consent_id),
            n=number + 1,
            kind=kind,
            at=self.clock(),
            previous=previous.hex() if previous is not None else None,
            salt=secrets.token_hex(16),
            detail=detail or {},
        )
        exact = msgspec.json.encode(event)
        digest, row_id = hashlib.sha256(exact).digest(), uuid7()
        await ConsentEventRows(tx).add(
            ConsentEventRow(
                row_id, event.consent_id, event.n, kind, event.at, digest,
                keys.seal(_TABLE, row_id, exact),
            )
        )  # fmt: skip
        await self.audit.write(
            tx,
            f"consent_{kind}",
            caller=caller,
            subject=("consent", str(consent_id)),
            data={"event_sha256": digest.hex()},
            consent_id=event.consent_id,
        )
        return digest.hex()


def opened_events(keys: Keys, rows: list[ConsentEventRow]) -> list[tuple[str, str]]:
    """Open events: the exact text of each, and the digest it must have."""
    return [(keys.open(_TABLE, row.id, row.sealed).decode(), row.sha256.hex()) for row in rows]
