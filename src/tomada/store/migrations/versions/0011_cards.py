"""What each row is to a card, and which rows pay which bill: ids, days, kinds and amounts only.

``series`` is a digest under the entity's key, which tells purchases apart without naming them.
"""

from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = {
    "card_lines": """
CREATE TABLE card_lines (
  entity_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  account_id text NOT NULL,
  kind text NOT NULL,
  evidence text NOT NULL,
  bill_id text,
  bill_month date,
  series bytea,
  part integer,
  parts integer,
  part_evidence text,
  whole_minor bigint,
  row_digest bytea NOT NULL,
  PRIMARY KEY (entity_id, transaction_id),
  FOREIGN KEY (entity_id, transaction_id) REFERENCES transactions ON DELETE CASCADE
)""",
    "bill_payments": """
CREATE TABLE bill_payments (
  entity_id uuid NOT NULL,
  id uuid NOT NULL,
  bank_id uuid,
  card_id uuid,
  account_id text,
  bill_id text,
  day date NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  rule text NOT NULL,
  certain boolean NOT NULL,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (entity_id, id),
  CHECK (bank_id IS NOT NULL OR card_id IS NOT NULL),
  FOREIGN KEY (entity_id, bank_id) REFERENCES transactions ON DELETE CASCADE,
  FOREIGN KEY (entity_id, card_id) REFERENCES transactions ON DELETE CASCADE
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
        "CREATE INDEX card_lines_payments ON card_lines (entity_id, transaction_id)"
        " WHERE kind IN ('payment', 'bill_payment')"
    )
    op.execute("CREATE INDEX bill_payments_bank ON bill_payments (entity_id, bank_id)")
    op.execute("CREATE INDEX bill_payments_card ON bill_payments (entity_id, card_id)")
