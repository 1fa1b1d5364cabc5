"""Duties in the installation, when a person last proved who they are, and what is suspended.

``user_roles`` holds what somebody may do beyond their own data. ``proved_at`` is null for sessions
of the version before, which proved it when they were opened.
"""

from alembic import context, op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE sessions ADD COLUMN proved_at timestamptz")
    op.execute("ALTER TABLE entities ADD COLUMN suspended_at timestamptz")
    op.execute(
        "CREATE TABLE user_roles (\n"
        "  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,\n"
        "  role text NOT NULL\n"
        "    CHECK (role IN ('administrator', 'operator', 'auditor', 'dpo')),\n"
        "  granted_at timestamptz NOT NULL,\n"
        "  PRIMARY KEY (user_id, role)\n"
        ")"
    )
    op.execute("COMMENT ON TABLE user_roles IS 'routing: read before an entity is known'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON user_roles TO "{role}"')
