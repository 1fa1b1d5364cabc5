"""The data key of an entity can be destroyed: what it had sealed is noise from then on.

The row stays without the key, as proof that it was destroyed and when.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE entity_keys ADD COLUMN destroyed_at timestamptz")
