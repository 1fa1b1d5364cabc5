"""Which bank an open connect session is for, as a keyed digest: is there another one for it?"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE nonce_routes ADD COLUMN connector_digest bytea")
