"""An audit entry byte by byte, and the chain in which each one holds on to all before it.

An entry is its place in the log of its entity and its fields, each with its length before it. Its
*leaf* is ``SHA256(00 || entry)``, as in RFC 6962, and the log's *chain* after it
``SHA256(02 || chain before || leaf)``, beginning with 32 zero bytes. Details are hashed as they
are stored, sealed, so that destroying an entity's key leaves its chain whole.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tomada.domain.ids import EntityId

FORMAT = "tomada/audit/1"
INSTALLATION = EntityId(UUID(int=0))
"""Whose log has what was done to the installation itself."""
START = bytes(32)
GENESIS = "audit_chain_started"
"""The first entry of a log that had entries before there was a chain; it has their digest."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ABSENT = b"\xff\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to what of whom, and how it ended.

    *actor* and *object_name* are pseudonyms, *data* has counts and codes, *sealed* what may name
    persons.
    """

    id: UUID
    entity: EntityId
    at: datetime
    actor_kind: str
    actor: UUID | None
    action: str
    object_kind: str | None
    object_name: str | None
    outcome: str
    request_id: str
    consent_id: UUID | None
    reason: str | None
    data: dict[str, Any]
    sealed: bytes | None

    def encoded(self) -> bytes:
        """Encode the fields; the same entry always gives the same bytes."""
        fields = (
            FORMAT, str(self.entity), str(self.id), str(microseconds(self.at)), self.actor_kind,
            _text(self.actor), self.action, self.object_kind, self.object_name, self.outcome,
            self.request_id, _text(self.consent_id), self.reason, canonical(self.data), self.sealed,
        )  # fmt: skip
        return b"".join(map(_part, fields))


@dataclass(frozen=True, slots=True)
class Chained:
    """An entry in its log: its number, from 1, and the chain after it."""

    entry: AuditEntry
    seq: int
    chain: bytes


def leaf(seq: int, encoded: bytes) -> bytes:
    """Hash an entry at its place."""
    return hashlib.sha256(b"\x00" + seq.to_bytes(8, "big") + encoded).digest()


def link(before: bytes, one: bytes) -> bytes:
    """Continue a chain by a leaf."""
    return hashlib.sha256(b"\x02" + before + one).digest()


def canonical(value: Any) -> str:
    """Write text, whole numbers, truths and what is put together of them in one way only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def microseconds(at: datetime) -> int:
    """Count from 1970, exactly."""
    passed = at - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _part(value: str | bytes | None) -> bytes:
    if value is None:
        return _ABSENT
    encoded = value.encode() if isinstance(value, str) else value
    return len(encoded).to_bytes(4, "big") + encoded
