"""I2 under overlap: of two runs of the same work only the newer may write, and change numbers grow in commit order."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from models.change import take_change_numbers
from models.lease import Superseded, begin_run, end_run
from models.run import Run
from models.session import writing


def test_a_newer_run_fences_off_the_older(engine: Engine) -> None:
    """The older one's next write is refused, its row says interrupted, and its end changes nothing."""
    old = begin_run(engine, "crawl", "tass")
    other = begin_run(engine, "crawl", "khaama_press")
    new = begin_run(engine, "crawl", "tass")
    with pytest.raises(Superseded, match="crawl:tass"), writing(engine) as connection:
        old.check(connection)
    with writing(engine) as connection:
        new.check(connection)
        other.check(connection)
    end_run(engine, old, "ok", {})
    end_run(engine, new, "ok", {"kept": 3})
    with engine.connect() as connection:
        states = {run: state for run, state in connection.execute(select(Run.id, Run.state))}  # noqa: C416 (typed rows)
    assert states == {old.run_id: "interrupted", other.run_id: "running", new.run_id: "ok"}


def test_many_takers_get_different_fences(engine: Engine) -> None:
    """Eight runs begun at once hold eight different numbers; exactly one may write."""
    handles = []
    threads = [threading.Thread(target=lambda: handles.append(begin_run(engine, "process"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(handle.fence for handle in handles) == list(range(1, 9))


def test_change_numbers_become_visible_in_order(engine: Engine) -> None:
    """A reader that has seen number N never later finds a smaller one: 4 writers commit, a reader follows."""
    seen: list[int] = []
    stop = threading.Event()

    def write() -> None:
        for _ in range(15):
            with writing(engine) as connection:
                number = take_change_numbers(connection, 2)[-1]
                connection.execute(
                    Run.__table__.insert().values(  # type: ignore[attr-defined]
                        kind="t", outlet=str(number), state="ok", started_at=datetime.now(UTC), stats={}
                    )
                )

    def follow() -> None:
        last = 0
        while not stop.is_set() or last < 120:
            with engine.connect() as connection:
                found = sorted(int(n) for n in connection.execute(select(Run.outlet)).scalars() if int(n) > last)
            seen.extend(found)
            last = max([last, *found])

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write) for _ in range(4)]
    for thread in [reader, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join(timeout=30)
    assert seen == list(range(2, 121, 2))
