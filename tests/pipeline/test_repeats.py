"""One page at many addresses is refused by name; one item at many addresses is not."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select

from models.archive import Archive
from models.ledger import Discovery
from outlets import Outlet
from pipeline.process import process
from tests.pipeline.conftest import Waiting
from tests.support.pages import page

SORRY = (
    "This content is on its way to another place. Our readers find all news of the day on the front page.",
    "Subscribers read every report from the provinces in full. The offer for the first month ends on Sunday evening.",
)


def notice(number: int, title: str = "Our news", date: str = "") -> bytes:
    """A page with the same words at each address, and other bytes."""
    lines = "".join(f"<p>{line}</p>" for line in SORRY)
    head = f"<title>{title}</title>{date}<meta name='request' content='{number}'>"
    return f"<html><head>{head}</head><body><article><h1>{title}</h1>{lines}</article></body></html>".encode()


def outcomes(on: Engine) -> Counter[str]:
    """Outcome -> rows of the ledger."""
    with on.connect() as connection:
        return Counter(connection.execute(select(Discovery.outcome)).scalars())


def test_one_text_for_many_promises_is_refused(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I1: other bytes each time and good status, told by the feed's headlines that it does not keep; a later run knows
    it again, while real articles pass."""
    waiting([notice(n) for n in range(4)], titles=[f"Blast in district {n}" for n in range(4)])
    waiting([page(n) for n in range(10, 13)], first=10, titles=[f"Blast {n}" for n in range(10, 13)])
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"refused:identical_body": 4, "done": 3}
    waiting([notice(50)], first=50, titles=["Talks in the capital"])
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"refused:identical_body": 5, "done": 3}
    with engine.connect() as connection:
        detail = connection.execute(select(Discovery.detail).order_by(Discovery.id.desc()).limit(1)).scalar_one()
    assert detail == "one text for 5 addresses"


DATE = "<meta property='article:published_time' content='2026-03-01T08:00:00+04:30'>"


@pytest.mark.parametrize("same_bytes", [True, False], ids=["same bytes", "other bytes"])
def test_a_short_item_at_many_addresses_is_no_wall(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, *, same_bytes: bool
) -> None:
    """A wire's short item under one headline at four addresses is kept at each."""
    bodies = [notice(0 if same_bytes else n, "Subscribers of the wire read this", DATE) for n in range(4)]
    waiting(bodies, titles=["Subscribers of the wire read this"] * 4)
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 4}


def test_without_a_source_a_dated_page_is_judged_by_its_headline(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """No feed said what to expect: one dated headline is one item, an undated page at many addresses is none, and a
    call to subscribe under many headlines is none."""
    waiting([notice(n, "The wire's item", DATE) for n in range(4)])
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 4}
    calls = [notice(n, f"Report {n}", DATE).replace(b"Sunday", b"Monday") for n in range(3)]
    undated = [notice(n).replace(b"Sunday", b"Friday") for n in range(3)]
    waiting([*calls, *undated], first=20)
    process(engine, archive, outlet, lookback_days=14)
    assert outcomes(engine) == {"done": 4, "refused:identical_body": 6}
