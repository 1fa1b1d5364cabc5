"""Data keys that are being changed, and those that somebody wants destroyed.

Both tables say how far something is, for whoever goes on with it; *asked_by* is a pseudonym.
"""

from alembic import context, op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = {
    "key_rotations": """
  entity_id uuid PRIMARY KEY REFERENCES entities ON DELETE CASCADE,
  step text NOT NULL CHECK (step IN ('added', 'promoted', 'resealed')),
  at timestamptz NOT NULL
""",
    "key_shreds": """
  entity_id uuid PRIMARY KEY REFERENCES entities ON DELETE CASCADE,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL
""",
}


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({columns})")
        op.execute(f"COMMENT ON TABLE {table} IS 'routing: work on keys that is under way'")
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
