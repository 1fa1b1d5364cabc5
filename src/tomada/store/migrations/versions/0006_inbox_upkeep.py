"""The inbox is aged, shown and delivered again; a webhook's secret is changed in two steps.

After 90 days an event is its key and its digest: bodies may be absent. What an operator does to the
installation's own rows, which belong to no entity, is recorded in ``operator_actions``; it holds
ids, counts and the name of the operating system's user.
"""

from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "ALTER TABLE hooks"
        " ADD COLUMN rotated_at timestamptz,"
        " ADD COLUMN registered_at timestamptz,"
        " ADD COLUMN seen_at timestamptz,"
        " ADD COLUMN drift text,"
        " ADD COLUMN drift_at timestamptz"
    )
    op.execute(
        "ALTER TABLE inbox"
        " ALTER COLUMN sealed DROP NOT NULL,"
        " ADD COLUMN source text,"
        " ADD COLUMN replays integer NOT NULL DEFAULT 0,"
        " ADD COLUMN replayed_at timestamptz,"
        " ADD COLUMN pruned_at timestamptz"
    )
    op.execute("ALTER TABLE inbox_conflicts ALTER COLUMN sealed DROP NOT NULL")
    op.execute("CREATE INDEX inbox_received ON inbox (received_at, event_id)")
    op.execute(
        "CREATE TABLE operator_actions ("
        " id uuid PRIMARY KEY,"
        " at timestamptz NOT NULL,"
        " actor text NOT NULL,"
        " action text NOT NULL,"
        " object_kind text,"
        " object_id text,"
        " data jsonb NOT NULL"
        ")"
    )
    op.execute("COMMENT ON TABLE operator_actions IS 'routing: of the installation, of no entity'")
    op.execute(f'GRANT SELECT, INSERT ON operator_actions TO "{role}"')
