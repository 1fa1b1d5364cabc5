"""Copies and erasures that people asked for. A copy waits in sealed pieces until it is taken.

Consent events may be deleted after the five years that they are kept as proof, and no sooner.
"""

from alembic import context, op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_REQUESTS = """
CREATE TABLE privacy_requests (
  id uuid PRIMARY KEY,
  owner uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('export', 'erasure')),
  state text NOT NULL CHECK (state IN ('queued', 'ready', 'taken', 'done', 'expired')),
  requested_at timestamptz NOT NULL,
  next_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  ready_at timestamptz,
  done_at timestamptz,
  expires_at timestamptz
)
"""
_PARTS = """
CREATE TABLE export_parts (
  entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
  export_id uuid NOT NULL,
  n integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (entity_id, export_id, n)
)
"""


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(_REQUESTS)
    op.execute("CREATE INDEX privacy_requests_owner ON privacy_requests (owner, kind)")
    op.execute("CREATE INDEX privacy_requests_open ON privacy_requests (next_at)"
               " WHERE state = 'queued'")
    op.execute("COMMENT ON TABLE privacy_requests IS 'routing: what was asked for, ids and instants'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON privacy_requests TO "{role}"')
    op.execute(_PARTS)
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute("ALTER TABLE export_parts ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE export_parts FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_entity ON export_parts "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON export_parts TO "{role}"')
    op.execute(f'GRANT DELETE ON consent_events TO "{role}"')
    op.execute(
        "CREATE POLICY only_old ON consent_events AS RESTRICTIVE FOR DELETE"
        " USING (at < now() - interval '1825 days')"
    )
