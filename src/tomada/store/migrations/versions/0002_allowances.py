"""How much of Pluggy's request limits is used, one row for each endpoint family.

Not a table of anybody's data: it holds the names of endpoint families and instants. ``slot`` and
``granted`` are the answer to the latest request, kept so that one statement can give it.
"""

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Every request updates its row: room on the page keeps the updates inside it.
    op.execute(
        "CREATE TABLE allowances ("
        " family text PRIMARY KEY,"
        " free_at timestamptz NOT NULL,"
        " slot timestamptz NOT NULL,"
        " granted boolean NOT NULL"
        ") WITH (fillfactor = 10)"
    )
    op.execute("COMMENT ON TABLE allowances IS 'shared: what the provider allows, no data'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON allowances TO "{role}"')
