"""Card bills; a balance that the bank did not give is unknown and not zero.

Listed rows have one frame: Pluggy's id, the item, the digest of the content, sealed detail and
raw, when the row was first seen, last changed, first missing from a complete list, and gone.
"""

from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BILLS = """
CREATE TABLE bills (
  entity_id uuid NOT NULL,
  id text NOT NULL,
  item_id text NOT NULL,
  account_id text NOT NULL,
  due_day date NOT NULL,
  closing_day date,
  currency text NOT NULL,
  total_minor bigint NOT NULL,
  minimum_minor bigint,
  content_digest bytea NOT NULL,
  sealed bytea NOT NULL,
  sealed_raw bytea NOT NULL,
  first_seen_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  missing_since timestamptz,
  gone_at timestamptz,
  PRIMARY KEY (entity_id, id),
  FOREIGN KEY (entity_id, account_id) REFERENCES accounts ON DELETE CASCADE
)
"""


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE accounts ALTER COLUMN balance_minor DROP NOT NULL")
    op.execute(BILLS)
    op.execute("CREATE INDEX bills_account ON bills (entity_id, account_id, due_day DESC)")
    op.execute("ALTER TABLE bills ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE bills FORCE ROW LEVEL SECURITY")
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute(
        f"CREATE POLICY own_entity ON bills "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON bills TO "{role}"')
