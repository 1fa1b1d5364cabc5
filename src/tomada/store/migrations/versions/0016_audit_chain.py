"""The audit log becomes a chain per entity, and all chains the leaves of one tree.

Entries that are there already stay outside of the chains, without a number: each log that has some
begins with an entry that counts them and has their digest. The serving role cannot change or
remove an entry, a leaf or a checkpoint. An entity may go; its log stays.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from alembic import context, op

from tomada.domain.audit import GENESIS, START, AuditEntry, canonical, leaf, link
from tomada.domain.ids import EntityId

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE audit DROP CONSTRAINT audit_entity_id_fkey;
ALTER TABLE audit
  ADD COLUMN seq bigint,
  ADD COLUMN chain bytea,
  ADD COLUMN consent_id uuid,
  ADD COLUMN reason text,
  ADD COLUMN sealed bytea;
CREATE UNIQUE INDEX audit_chain ON audit (entity_id, seq) WHERE seq IS NOT NULL;
CREATE TABLE audit_heads (
  entity_id uuid PRIMARY KEY,
  seq bigint NOT NULL,
  leaf bytea NOT NULL,
  chain bytea NOT NULL
);
CREATE TABLE audit_pending (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  entity_id uuid NOT NULL,
  seq bigint NOT NULL,
  leaf bytea NOT NULL
);
CREATE TABLE audit_leaves (
  n bigint PRIMARY KEY,
  entity_id uuid NOT NULL,
  seq bigint NOT NULL,
  leaf bytea NOT NULL,
  at timestamptz NOT NULL,
  UNIQUE (entity_id, seq)
);
CREATE TABLE audit_checkpoints (
  size bigint PRIMARY KEY,
  peaks bytea NOT NULL,
  note bytea NOT NULL,
  at timestamptz NOT NULL
);
CREATE TABLE audit_anchors (
  place text NOT NULL,
  size bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (place, size)
);
"""
RIGHTS = {
    "audit_heads": "SELECT, INSERT, UPDATE",
    "audit_pending": "SELECT, INSERT, DELETE",
    "audit_leaves": "SELECT, INSERT",
    "audit_checkpoints": "SELECT, INSERT",
    "audit_anchors": "SELECT, INSERT",
}
COMMENTS = {
    "audit_pending": "routing: hashes of audit entries on their way into the tree",
    "audit_leaves": "routing: hashes of audit entries in the order of the tree",
    "audit_checkpoints": "shared: signed sizes and roots of the tree",
    "audit_anchors": "shared: which checkpoints were put where",
}
COLUMNS = (
    "id, at, actor_kind, actor_id, action, object_kind, object_id, outcome, request_id, data::text"
)


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.get_bind().connection.run_async(lambda raw: raw.execute(TABLES))
    op.execute("ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE audit_heads FORCE ROW LEVEL SECURITY")
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute(
        f"CREATE POLICY own_entity ON audit_heads "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    for table, rights in RIGHTS.items():
        op.execute(f'GRANT {rights} ON {table} TO "{role}"')
    for table, words in COMMENTS.items():
        op.execute(f"COMMENT ON TABLE {table} IS '{words}'")
    op.get_bind().connection.run_async(_begin_chains)


async def _begin_chains(raw: Any) -> None:
    """Begin the chain of each log that has entries."""
    for row in await raw.fetch("SELECT id FROM entities ORDER BY id"):
        entity = EntityId(row["id"])
        await raw.execute("SELECT set_config('tomada.entity', $1, true)", str(entity))
        digest, rows = hashlib.sha256(), 0
        for old in await raw.fetch(
            f"SELECT {COLUMNS} FROM audit WHERE entity_id = $1 ORDER BY id", entity
        ):
            digest.update(_outside(entity, old).encoded())
            rows += 1
        if rows:
            await _genesis(raw, entity, {"rows": rows, "digest": digest.hexdigest()})
    await raw.execute("SELECT set_config('tomada.entity', '', true)")


def _outside(entity: EntityId, old: Any) -> AuditEntry:
    return AuditEntry(
        id=old["id"], entity=entity, at=old["at"], actor_kind=old["actor_kind"],
        actor=old["actor_id"], action=old["action"], object_kind=old["object_kind"],
        object_name=old["object_id"], outcome=old["outcome"], request_id=old["request_id"],
        consent_id=None, reason=None, data=json.loads(old["data"]), sealed=None,
    )


async def _genesis(raw: Any, entity: EntityId, data: dict[str, Any]) -> None:
    entry = AuditEntry(
        id=uuid4(), entity=entity, at=datetime.now(UTC), actor_kind="system", actor=None,
        action=GENESIS, object_kind=None, object_name=None, outcome="done", request_id="",
        consent_id=None, reason=None, data=data, sealed=None,
    )
    one = leaf(1, entry.encoded())
    chain = link(START, one)
    await raw.execute(
        "INSERT INTO audit (entity_id, seq, chain, id, at, actor_kind, action, outcome, request_id,"
        " data) VALUES ($1, 1, $2, $3, $4, 'system', $5, 'done', '', $6)",
        entity, chain, entry.id, entry.at, GENESIS, canonical(data),
    )
    await raw.execute(
        "INSERT INTO audit_heads (entity_id, seq, leaf, chain) VALUES ($1, 1, $2, $3)",
        entity, one, chain,
    )
    await raw.execute(
        "INSERT INTO audit_pending (entity_id, seq, leaf) VALUES ($1, 1, $2)", entity, one
    )
