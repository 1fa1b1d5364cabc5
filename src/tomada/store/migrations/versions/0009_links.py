"""Links between observations, what a person wrote to a row, and what rows are compared by.

``fingerprint`` is a keyed digest of amount, currency and folded words; null in rows written before.
An annotation hangs on our id, so it stays while Pluggy's id changes. A link goes with the row that
stays; ``other_id`` names a row that is not there any more where the two became one.
"""

from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = {
    "annotations": """
      entity_id uuid NOT NULL,
      transaction_id uuid NOT NULL,
      hidden boolean NOT NULL,
      sealed bytea NOT NULL,
      changed_at timestamptz NOT NULL,
      PRIMARY KEY (entity_id, transaction_id),
      FOREIGN KEY (entity_id, transaction_id) REFERENCES transactions ON DELETE CASCADE
    """,
    "transaction_links": """
      entity_id uuid NOT NULL,
      id uuid NOT NULL,
      kind text NOT NULL CHECK (kind IN ('same', 'transfer')),
      rule text NOT NULL,
      state text NOT NULL CHECK (state IN ('automatic', 'suggested', 'undone', 'confirmed')),
      confidence smallint NOT NULL,
      row_id uuid NOT NULL,
      other_id uuid NOT NULL,
      from_pluggy_id text NOT NULL,
      to_pluggy_id text NOT NULL,
      at timestamptz NOT NULL,
      decided_at timestamptz,
      sealed bytea NOT NULL,
      PRIMARY KEY (entity_id, id),
      UNIQUE (entity_id, kind, from_pluggy_id, to_pluggy_id),
      FOREIGN KEY (entity_id, row_id) REFERENCES transactions ON DELETE CASCADE
    """,
}


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE transactions ADD COLUMN fingerprint bytea")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({columns})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_entity ON {table} "
            f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
        )
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
    op.execute(
        "CREATE INDEX annotations_hidden ON annotations (entity_id, transaction_id) WHERE hidden"
    )
    op.execute("CREATE INDEX links_row ON transaction_links (entity_id, row_id)")
    op.execute("CREATE INDEX links_other ON transaction_links (entity_id, other_id)")
    op.execute(
        "CREATE INDEX links_suggested ON transaction_links (entity_id, at) WHERE state = 'suggested'"
    )
