"""A database that is gone is noticed and named, so that an unattended run ends instead of waiting."""

import socket

import pytest
from sqlalchemy import Engine

from models import session
from models.session import DatabaseError, engine, reading


def test_a_server_that_says_nothing_is_given_up() -> None:
    """A firewall or a frozen host takes the connection and never answers: one sentence, within the time allowed."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://x:secret@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        with (
            pytest.raises(DatabaseError, match="cannot be used: connection timeout expired") as found,
            reading(engine(url)),
        ):
            pass
    assert "secret" not in str(found.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_wire_to_postgresql_is_watched(engine: Engine) -> None:
    """Every connection has the bounds; what the address itself says comes first."""
    said = {name: str(value) for name, value in session._LIVELY.items()}
    with engine.connect() as connection:
        given = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
    assert {name: given.get(name) for name in said} == said
    other = session.engine(engine.url.update_query_dict({"keepalives_idle": "7"}).render_as_string(hide_password=False))
    with other.connect() as connection:
        assert connection.connection.dbapi_connection.info.get_parameters()["keepalives_idle"] == "7"  # type: ignore[union-attr]
    other.dispose()
