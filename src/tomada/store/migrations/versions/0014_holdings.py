"""Investments with their movements, loans, who holds the accounts; Pluggy's categories."""

from alembic import context, op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

FRAME = """
  content_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  sealed_raw bytea NOT NULL,
  first_seen_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  missing_since timestamptz,
  gone_at timestamptz,
  PRIMARY KEY (entity_id, id),
"""
OF_ITEM = "FOREIGN KEY (entity_id, item_id) REFERENCES items ON DELETE CASCADE"
OF_INVESTMENT = "FOREIGN KEY (entity_id, investment_id) REFERENCES investments ON DELETE CASCADE"
TABLES = {
    "investments": (
        """
  entity_id uuid NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  type text NOT NULL,
  subtype text,
  status text,
  currency text NOT NULL,
  balance_minor bigint NOT NULL,
  gross_minor bigint,
  original_minor bigint,
  quoted_day date,
  due_day date,
""",
        OF_ITEM,
    ),
    "investment_transactions": (
        """
  entity_id uuid NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  investment_id text NOT NULL,
  day date NOT NULL,
  type text,
  movement_type text,
  currency text NOT NULL,
  amount_minor bigint,
  net_minor bigint,
""",
        OF_INVESTMENT,
    ),
    "loans": (
        """
  entity_id uuid NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  kind text NOT NULL,
  currency text NOT NULL,
  contract_minor bigint,
  outstanding_minor bigint,
  contract_day date,
  due_day date,
""",
        OF_ITEM,
    ),
    "identities": (
        """
  entity_id uuid NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
""",
        OF_ITEM,
    ),
}
CATEGORIES = """
CREATE TABLE categories (
  id text PRIMARY KEY,
  description text NOT NULL,
  translated text,
  parent_id text,
  read_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    for table, (own, parent) in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({own}{FRAME}{parent})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_entity ON {table} "
            f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
        )
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
    for table in ("investments", "loans", "identities"):
        op.execute(f"CREATE INDEX {table}_item ON {table} (entity_id, item_id)")
    op.execute(
        "CREATE INDEX investment_transactions_newest ON investment_transactions"
        " (entity_id, investment_id, day DESC, id DESC)"
    )
    op.execute(CATEGORIES)
    op.execute("COMMENT ON TABLE categories IS 'shared: the names Pluggy gives categories'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON categories TO "{role}"')
