"""A second factor of a user, and the codes for when it is lost."""

from alembic import context, op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE TABLE second_factors (\n"
        "  user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,\n"
        "  sealed bytea NOT NULL,\n"
        "  created_at timestamptz NOT NULL,\n"
        "  confirmed_at timestamptz,\n"
        "  last_step bigint NOT NULL DEFAULT 0\n"
        ")"
    )
    op.execute(
        "CREATE TABLE recovery_codes (\n"
        "  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,\n"
        "  digest bytea NOT NULL,\n"
        "  PRIMARY KEY (user_id, digest)\n"
        ")"
    )
    for table in ("second_factors", "recovery_codes"):
        op.execute(f"COMMENT ON TABLE {table} IS 'routing: read before an entity is known'")
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO "{role}"')
