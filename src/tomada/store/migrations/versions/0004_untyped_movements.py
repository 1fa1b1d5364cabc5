"""Mark movements that came without a type, whose direction is read from the sign."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE transactions ADD COLUMN untyped boolean NOT NULL DEFAULT false")
