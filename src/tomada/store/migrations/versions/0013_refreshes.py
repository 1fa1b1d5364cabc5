"""What was asked of Pluggy's own runs, and how much of a bank's monthly quota they used.

``quota_uses`` outlives the item: who disconnects a bank and connects it again has used its month
all the same. It names a product and counts, and the digest of the institution.
"""

from alembic import context, op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE refreshes (
      entity_id uuid NOT NULL,
      item_id text NOT NULL,
      asked_at timestamptz,
      refused text,
      refused_until timestamptz,
      outage_since timestamptz,
      outage_tries integer NOT NULL DEFAULT 0,
      outage_tried_at timestamptz,
      given_up_at timestamptz,
      PRIMARY KEY (entity_id, item_id),
      FOREIGN KEY (entity_id, item_id) REFERENCES items ON DELETE CASCADE
    )
    """,
    """
    CREATE TABLE quota_uses (
      entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
      item_id text NOT NULL,
      institution_digest bytea NOT NULL,
      product text NOT NULL,
      month date NOT NULL,
      used integer NOT NULL,
      last_at timestamptz NOT NULL,
      exhausted_at timestamptz,
      PRIMARY KEY (entity_id, item_id, product, month)
    )
    """,
)


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE items ADD COLUMN next_auto_sync_at timestamptz")
    for statement in _TABLES:
        op.execute(statement)
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    for table in ("refreshes", "quota_uses"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_entity ON {table} "
            f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
        )
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
