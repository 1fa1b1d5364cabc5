"""The embedding product's names for entities, as keyed digests."""

from alembic import context, op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    role = context.config.attributes["app_role"]
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "CREATE TABLE product_entities (\n"
        "  ref_digest bytea PRIMARY KEY,\n"
        "  entity_id uuid NOT NULL UNIQUE REFERENCES entities ON DELETE CASCADE\n"
        ")"
    )
    op.execute("COMMENT ON TABLE product_entities IS 'routing: read before an entity is known'")
    op.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON product_entities TO "{role}"')
