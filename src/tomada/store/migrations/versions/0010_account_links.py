"""Accounts that go on under another id of Pluggy's; no reference, since the former one goes."""

from alembic import context, op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE TABLE account_links ("
        " entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,"
        " id uuid NOT NULL,"
        " state text NOT NULL CHECK (state IN ('automatic', 'suggested', 'undone', 'confirmed')),"
        " from_account_id text NOT NULL,"
        " to_account_id text NOT NULL,"
        " shared integer NOT NULL,"
        " compared integer NOT NULL,"
        " at timestamptz NOT NULL,"
        " decided_at timestamptz,"
        " PRIMARY KEY (entity_id, id),"
        " UNIQUE (entity_id, from_account_id, to_account_id))"
    )
    op.execute("ALTER TABLE account_links ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE account_links FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_entity ON account_links "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON account_links TO "{role}"')
