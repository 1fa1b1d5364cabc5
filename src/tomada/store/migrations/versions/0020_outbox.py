"""Who has to be told of the feed by us: how far each channel has come with each entity.

Both tables are read to find the entities that have news, before any is known. ``channel`` is 1 for
the product's back end and 2 for notices by mail (``domain.outgoing``).
"""

from alembic import context, op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = {
    "outbox": """
    CREATE TABLE outbox (
      entity_id uuid PRIMARY KEY REFERENCES entities ON DELETE CASCADE,
      last bigint NOT NULL
    )
    """,
    "outbox_cursors": """
    CREATE TABLE outbox_cursors (
      channel smallint NOT NULL,
      entity_id uuid NOT NULL REFERENCES entities ON DELETE CASCADE,
      done bigint NOT NULL,
      tries integer NOT NULL DEFAULT 0,
      not_before timestamptz,
      lease_until timestamptz,
      PRIMARY KEY (channel, entity_id)
    )
    """,
    "outbox_channels": """
    CREATE TABLE outbox_channels (
      channel smallint PRIMARY KEY,
      target bytea NOT NULL,
      started_at timestamptz NOT NULL,
      failing_since timestamptz,
      stopped_at timestamptz
    )
    """,
}


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, statement in _TABLES.items():
        op.execute(statement)
        op.execute(f"COMMENT ON TABLE {name} IS 'routing: numbers of feed entries, nothing of them'")
        op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO "{role}"')
    op.execute("INSERT INTO outbox (entity_id, last) SELECT entity_id, last FROM feed_heads")
