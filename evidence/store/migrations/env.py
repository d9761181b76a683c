"""What Alembic runs to migrate: on the connection the store hands over, inside the store's own transaction."""

from alembic import context

from evidence.store import schema
from evidence.store.database import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite too: the store begins the transaction itself, so DDL is undone with the rest
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
