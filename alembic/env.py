"""Runs migrations on the database of the settings, or on the connection that a caller hands over."""

from alembic import context
from models.session import engine
from models.tables import metadata

options = {"target_metadata": metadata, "render_as_batch": True, "compare_type": True, "compare_server_default": True}

given = context.config.attributes.get("connection")
if given is not None:
    context.configure(connection=given, **options)
    with context.begin_transaction():
        context.run_migrations()
else:
    with engine().connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
