"""Which entities are suspended because the last active user of theirs is."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE entities ADD COLUMN suspended_with uuid")
