"""What a person wants to be told by mail; and that the operator was told of a channel that stopped."""

from alembic import context, op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE outbox_channels ADD COLUMN alerted_at timestamptz")
    op.execute(
        """
        CREATE TABLE notification_preferences (
          entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
          user_id uuid NOT NULL,
          email boolean NOT NULL,
          language text NOT NULL,
          details boolean NOT NULL,
          changed_at timestamptz NOT NULL,
          PRIMARY KEY (entity_id, user_id)
        )
        """
    )
    current = "nullif(current_setting('tomada.entity', true), '')::uuid"
    op.execute("ALTER TABLE notification_preferences ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE notification_preferences FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_entity ON notification_preferences "
        f"USING (entity_id = {current}) WITH CHECK (entity_id = {current})"
    )
    op.execute(
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON notification_preferences TO "{role}"'
    )
