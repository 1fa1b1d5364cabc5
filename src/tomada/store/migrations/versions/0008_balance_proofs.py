"""Balance proofs: where each account's proof starts, and the differences that are open.

Amounts, days and ids only; no text of anybody's.
"""

from alembic import context, op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = {
    "balance_anchors": """
CREATE TABLE balance_anchors (
  entity_id uuid NOT NULL,
  account_id text NOT NULL,
  first_day date NOT NULL,
  anchored_at timestamptz NOT NULL,
  available_minor bigint NOT NULL,
  closing_minor bigint,
  invested_minor bigint NOT NULL,
  reserved_minor bigint NOT NULL,
  rows_minor bigint NOT NULL,
  PRIMARY KEY (entity_id, account_id),
  FOREIGN KEY (entity_id, account_id) REFERENCES accounts ON DELETE CASCADE
)""",
    "balance_cases": """
CREATE TABLE balance_cases (
  entity_id uuid NOT NULL,
  id uuid NOT NULL,
  account_id text NOT NULL,
  difference_minor bigint NOT NULL,
  cause text NOT NULL,
  since timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  after_id uuid,
  before_id uuid,
  closed_at timestamptz,
  PRIMARY KEY (entity_id, id),
  FOREIGN KEY (entity_id, account_id) REFERENCES accounts ON DELETE CASCADE
)""",
}


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, statement in TABLES.items():
        op.execute(statement)
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        current = "nullif(current_setting('tomada.entity', true), '')::uuid"
        op.execute(
            f"CREATE POLICY own_entity ON {table} "
            f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
        )
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
    op.execute(
        "CREATE UNIQUE INDEX balance_cases_open ON balance_cases (entity_id, account_id)"
        " WHERE closed_at IS NULL"
    )
