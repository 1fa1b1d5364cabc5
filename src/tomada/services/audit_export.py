"""Audit logs as JSON lines: all that an auditor needs to verify them elsewhere."""

import base64
from collections.abc import AsyncIterator
from typing import Any

from tomada.domain.audit import FORMAT, AuditEntry, Chained, microseconds
from tomada.services.audit_log import AuditLog


async def exported(logs: AuditLog) -> AsyncIterator[dict[str, Any]]:
    """Give the export line by line: what it is, every log, then the checkpoints."""
    notes = await logs.notes()
    signer = logs.signer
    yield {"kind": "log", "format": FORMAT, "origin": signer.origin, "key": signer.key.hex()}
    async for log in logs.logs():
        for entry in log.outside:
            yield {"kind": "outside", **entry_line(entry)}
        for one, n in log.entries:
            yield {"kind": "entry", "n": n, **chained_line(one)}
        if log.head is not None:
            seq, chain = log.head
            yield {"kind": "head", "entity": str(log.entity), "seq": seq, "chain": chain.hex()}
    for note in notes:
        yield {"kind": "checkpoint", "note": note.decode()}


def chained_line(one: Chained) -> dict[str, Any]:
    """Write an entry with its place in its log."""
    return {"seq": one.seq, "chain": one.chain.hex(), **entry_line(one.entry)}


def entry_line(entry: AuditEntry) -> dict[str, Any]:
    """Write every field that is hashed; ``at`` is in microseconds from 1970."""
    return {
        "entity": str(entry.entity),
        "id": str(entry.id),
        "at": microseconds(entry.at),
        "actor_kind": entry.actor_kind,
        "actor": None if entry.actor is None else str(entry.actor),
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object": entry.object_name,
        "outcome": entry.outcome,
        "request_id": entry.request_id,
        "consent_id": None if entry.consent_id is None else str(entry.consent_id),
        "reason": entry.reason,
        "data": entry.data,
        "sealed": None if entry.sealed is None else base64.b64encode(entry.sealed).decode(),
    }
