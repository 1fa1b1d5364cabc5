"""Consents with a history, the epoch that withdrawals raise, and items that must end at Pluggy.

``consent_events`` is added to and never changed: the serving role has no other right. Like the audit
it outlives its entity, as proof.
``item_endings`` is read before an entity is known; it holds ids and instants.
"""

from alembic import context, op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_EVENTS = """
CREATE TABLE consent_events (
  entity_id uuid NOT NULL,
  id uuid NOT NULL,
  consent_id uuid NOT NULL,
  n integer NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  sha256 bytea NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (entity_id, id),
  UNIQUE (entity_id, consent_id, n)
)
"""
_ENDINGS = """
CREATE TABLE item_endings (
  item_id text PRIMARY KEY,
  owner uuid NOT NULL,
  consent_id uuid,
  requested_at timestamptz NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL,
  alerted_at timestamptz,
  confirmed_at timestamptz
)
"""


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE entities ADD COLUMN epoch bigint NOT NULL DEFAULT 0,"
        " ADD COLUMN state text NOT NULL DEFAULT 'open'"
        " CHECK (state IN ('open', 'erasing', 'erased'))"
    )
    op.execute(
        "ALTER TABLE consents DROP CONSTRAINT consents_status_check,"
        " ADD CONSTRAINT consents_status_check CHECK (status IN ('granted', 'active', 'revoked',"
        " 'expired', 'superseded', 'ended')),"
        " ADD COLUMN review_at timestamptz,"
        " ADD COLUMN supersedes uuid"
    )
    op.execute(_EVENTS)
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute("ALTER TABLE consent_events ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE consent_events FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_entity ON consent_events "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    op.execute(f'GRANT SELECT, INSERT ON consent_events TO "{role}"')
    op.execute(_ENDINGS)
    op.execute("CREATE INDEX item_endings_open ON item_endings (next_at) WHERE confirmed_at IS NULL")
    op.execute("COMMENT ON TABLE item_endings IS 'routing: items that must end at Pluggy'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON item_endings TO "{role}"')
