"""When an item's next complete reading is due."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE work ADD COLUMN compare_at timestamptz")
    op.execute("CREATE INDEX work_compare ON work (compare_at) WHERE compare_at IS NOT NULL")
    # Nothing was planned before; the daily reading plans the first.
