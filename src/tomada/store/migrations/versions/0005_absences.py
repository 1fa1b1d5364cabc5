"""Rows that a complete reading did not find, and removals that wait for the operator.

``missing_since`` is the first complete reading without the row, ``seen_until`` the beginning of the
last one that had it; both stay null for a row that is where it was, so that a reading which finds
everything writes nothing. ``missing_since`` is infinity where the operator chose to keep the row.
"""

from alembic import context, op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE accounts ADD COLUMN walk_began_at timestamptz")
    op.execute(
        "ALTER TABLE transactions ADD COLUMN missing_since timestamptz,"
        " ADD COLUMN seen_until timestamptz, ADD COLUMN gone_reason text"
        " CHECK (gone_reason IN ('named', 'absent', 'expired'))"
    )
    op.execute(
        "CREATE INDEX transactions_missing ON transactions (entity_id, account_id)"
        " WHERE missing_since IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX transactions_gone ON transactions (entity_id, account_id, gone_at)"
        " WHERE gone_at IS NOT NULL"
    )
    op.execute(
        "CREATE TABLE removals ("
        " entity_id uuid NOT NULL,"
        " id uuid NOT NULL,"
        " item_id text NOT NULL,"
        " account_id text NOT NULL,"
        " state text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'lapsed')),"
        " asked_at timestamptz NOT NULL,"
        " decided_at timestamptz,"
        " live integer NOT NULL,"
        " row_ids uuid[] NOT NULL,"
        " PRIMARY KEY (entity_id, id),"
        " FOREIGN KEY (entity_id, account_id) REFERENCES accounts ON DELETE CASCADE)"
    )
    op.execute(
        "CREATE UNIQUE INDEX removals_waiting ON removals (entity_id, account_id)"
        " WHERE state = 'waiting'"
    )
    op.execute("ALTER TABLE removals ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE removals FORCE ROW LEVEL SECURITY")
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute(
        f"CREATE POLICY own_entity ON removals "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON removals TO "{role}"')
