"""Alembic's environment: runs the revisions, each of plain SQL, as the owner of the schema."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="public", target_metadata=None)
with context.begin_transaction():
    context.run_migrations()
