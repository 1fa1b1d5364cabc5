"""How fresh each product of an item is, what a sync did with each, what the bank was allowed.

Accounts that the bank no longer has become tombstones like other listed rows.
"""

from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = {
    "bank_consents": """
CREATE TABLE bank_consents (
  entity_id uuid NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  revoked_at timestamptz,
  content_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  sealed_raw bytea NOT NULL,
  first_seen_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  missing_since timestamptz,
  gone_at timestamptz,
  PRIMARY KEY (entity_id, id),
  FOREIGN KEY (entity_id, item_id) REFERENCES items ON DELETE CASCADE
)
""",
    "product_freshness": """
CREATE TABLE product_freshness (
  entity_id uuid NOT NULL,
  item_id text NOT NULL,
  product text NOT NULL,
  as_of timestamptz,
  complete boolean NOT NULL,
  code text,
  sealed bytea NOT NULL,
  read_at timestamptz,
  next_expected_at timestamptz,
  PRIMARY KEY (entity_id, item_id, product),
  FOREIGN KEY (entity_id, item_id) REFERENCES items ON DELETE CASCADE
)
""",
    "sync_products": """
CREATE TABLE sync_products (
  entity_id uuid NOT NULL,
  sync_id uuid NOT NULL,
  product text NOT NULL,
  read integer NOT NULL DEFAULT 0,
  added integer NOT NULL DEFAULT 0,
  changed integer NOT NULL DEFAULT 0,
  gone integer NOT NULL DEFAULT 0,
  error_code text,
  PRIMARY KEY (entity_id, sync_id, product),
  FOREIGN KEY (entity_id, sync_id) REFERENCES syncs ON DELETE CASCADE
)
""",
}


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE accounts ADD COLUMN missing_since timestamptz,"
        " ADD COLUMN gone_at timestamptz"
    )
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    for table, made in TABLES.items():
        op.execute(made)
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_entity ON {table} "
            f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
        )
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
