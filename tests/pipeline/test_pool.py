"""The pool of cleaning processes: order kept, one bad page costs that page only."""

import os
import signal
from collections.abc import Iterator

import pytest

from pipeline.clean.pool import CleanPool
from pipeline.clean.stage import clean
from pipeline.items import Page

STORY = "".join(
    f"<p>{n}. The council met in the morning and agreed on the new road to the north.</p>" for n in range(9)
)
GOOD = f"<html><head></head><body><article><h1>New road agreed</h1>{STORY}</article></body></html>"
SLOW = "<html><body><p>" + "2026 " * 1_000_000
LARGE = "<html><body><p>" + "abcdefghi " * 1_000_000


def page(name: str, html: str = GOOD) -> Page:
    return Page(name, f"https://news.example/{name}", html.encode())


def test_articles_come_in_the_order_of_pages_and_equal_those_cleaned_here() -> None:
    """I4: the same page gives the same article in this process and in any other."""
    pages = [page(str(n), GOOD.replace("north", f"north {n}")) for n in range(12)]
    with CleanPool(2) as pool:
        assert list(pool.clean_many(iter(pages))) == [clean(one) for one in pages]


def test_a_slow_page_costs_only_itself() -> None:
    """I7: the page over its time is named, its process replaced, the others come out whole."""
    with CleanPool(1, seconds=0.6) as pool:
        next(pool.clean_many([page("warm")]))
        found = list(pool.clean_many([page("a"), page("slow", SLOW), page("b")]))
    assert [one.outcome for one in found] == ["done", "quarantine:time_limit", "done"]


def test_a_page_over_its_memory_costs_only_itself() -> None:
    """I7: the page over its memory is named and the others come out whole."""
    with CleanPool(1, mebibytes=24) as pool:
        next(pool.clean_many([page("warm")]))
        found = list(pool.clean_many([page("a"), page("large", LARGE), page("b")]))
    assert [one.outcome for one in found] == ["done", "quarantine:memory_limit", "done"]


@pytest.mark.parametrize(
    ("sign", "outcome"), [(signal.SIGSEGV, "quarantine:crash"), (signal.SIGKILL, "quarantine:memory_limit")]
)
def test_a_dying_process_costs_only_its_page(sign: signal.Signals, outcome: str) -> None:
    """I1: a page whose process dies comes back under a name; nothing after it is lost."""
    with CleanPool(1) as pool:

        def pages() -> Iterator[Page]:
            yield page("slow", SLOW)
            os.kill(pool.process_ids()[0], sign)
            yield page("b")

        found = list(pool.clean_many(pages()))
    assert [one.outcome for one in found] == [outcome, "done"]


def test_processes_end_with_the_pool() -> None:
    """No orphan is left behind, and a pool outside its block says so."""
    with CleanPool(2) as pool:
        list(pool.clean_many([page("a")]))
        ids = pool.process_ids()
    assert len(ids) == 2
    for one in ids:
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)
    with pytest.raises(RuntimeError):
        next(pool.clean_many([page("a")]))


def test_a_process_is_replaced_after_its_share_of_pages() -> None:
    """Leaks of libraries cannot add up."""
    with CleanPool(1, pages_per_process=3) as pool:
        first = pool.process_ids()
        assert len(list(pool.clean_many(page(str(n)) for n in range(8)))) == 8
        assert pool.process_ids() != first
