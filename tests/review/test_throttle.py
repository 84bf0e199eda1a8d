"""The count of attempts, with many at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from models.session import reading, writing
from review.throttle import FOR_NAME, FROM_ADDRESS, give_back, keys, network, take
from tests.review.rows import NOW


def test_many_at_once_pass_no_more_than_may(engine: Engine) -> None:
    """Counted before anything is tried: however many try at the same moment, the limit holds."""

    def attempt(_number: int) -> int:
        with writing(engine) as connection:
            return take(connection, keys("ana", "198.51.100.7"), NOW)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, range(20)))
    assert waits.count(0) == FROM_ADDRESS


def test_nobody_is_shut_out_from_one_address(engine: Engine) -> None:
    """An address that must wait no longer counts against the name; many addresses do, and after a minute none does."""

    def attempt(address: str, after: int = 0) -> int:
        with writing(engine) as connection:
            return take(connection, keys("ana", address), NOW + timedelta(seconds=after))

    assert [attempt("198.51.100.7") > 0 for _ in range(50)].count(False) == FROM_ADDRESS
    assert attempt("203.0.113.9") == 0
    waits = [attempt(f"203.0.113.{number}") for number in range(10, 30)]
    assert waits.count(0) == FOR_NAME - FROM_ADDRESS - 1
    assert attempt("198.51.100.7", after=60) == 0
    with writing(engine) as connection:
        give_back(connection, keys("ana", "198.51.100.7"), NOW + timedelta(days=2))
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM attempts").scalar_one() == 0


@pytest.mark.parametrize(
    ("address", "whom"),
    [("198.51.100.7", "198.51.100.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
     ("::ffff:198.51.100.7", "198.51.100.7"), ("fe80::1%eth0", "fe80::/64"), ("nonsense", "unknown"), ("", "unknown")],
)  # fmt: skip
def test_whom_an_address_stands_for(address: str, whom: str) -> None:
    """One host has a whole /64 of IPv6 addresses to itself."""
    assert network(address) == whom
