"""Runs migrations on the database of the settings, or on the connection that a caller hands over.

The views are no part of the migrations: they are dropped before and made anew after, as the code of today says, so
that an old migration never meets a new view.
"""

from alembic import context
from sqlalchemy import Connection

from models.session import HEAD, engine, revision
from models.tables import metadata
from models.views import create_statements, drop_statements


def run(connection: Connection) -> None:
    """Migrate; the views stand afterwards exactly when the database is at the newest migration."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        for statement in drop_statements():
            connection.exec_driver_sql(statement)
        context.run_migrations()
        if revision(connection) == HEAD:
            for statement in create_statements(connection.dialect.name):
                connection.exec_driver_sql(statement)


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine().connect().execution_options(khabar_writing=True) as own:
        run(own)
        own.commit()
