"""Keys of products' back ends, and tickets for streams that a key opens.

A key is found by the SHA-256 of its secret; its name is sealed. Without an entity it is for all of
them, and each request names one.
"""

from alembic import context, op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE TABLE api_keys (\n"
        "  id uuid PRIMARY KEY,\n"
        "  digest bytea NOT NULL UNIQUE,\n"
        "  entity_id uuid REFERENCES entities ON DELETE CASCADE,\n"
        "  scopes text[] NOT NULL,\n"
        "  sealed bytea NOT NULL,\n"
        "  created_at timestamptz NOT NULL,\n"
        "  expires_at timestamptz NOT NULL,\n"
        "  revoked_at timestamptz,\n"
        "  used_at timestamptz\n"
        ")"
    )
    op.execute("COMMENT ON TABLE api_keys IS 'routing: read before an entity is known'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO "{role}"')
    op.execute("ALTER TABLE tickets ALTER COLUMN session_digest DROP NOT NULL")
    op.execute(
        "ALTER TABLE tickets"
        " ADD COLUMN api_key_id uuid REFERENCES api_keys ON DELETE CASCADE,"
        " ADD COLUMN user_id uuid REFERENCES users ON DELETE CASCADE,"
        " ADD COLUMN entity_id uuid REFERENCES entities ON DELETE CASCADE,"
        " ADD COLUMN until timestamptz"
    )
