"""Alembic's entry: runs on the connection that ``tomada.store.migrate`` hands in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    version_table="schema_version",
    version_table_schema="tomada",
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
