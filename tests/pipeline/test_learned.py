"""Boilerplate in the run: learned from recent pages, stored in versions, cut from later pages, shown to a person."""

import json
import subprocess
import sys
from os import environ

from sqlalchemy import Engine, func, select

from models.archive import Archive
from models.article import ArticleVersion
from models.boilerplate import BoilerplateVersion, PagePrint, RecurringLine
from models.ledger import Discovery
from outlets import Outlet
from outlets.schema import Boilerplate
from pipeline.process import process
from tests.conftest import ROOT, Counts
from tests.pipeline.conftest import Waiting
from tests.support.pages import page

CALL = "The Morning Courier is printed in two cities and read in every valley of the land."
RARE = "Our reporters asked the office for a comment on this."


def versions(on: Engine) -> list[tuple[int, bool]]:
    """Of each stored text in the order of its address: the boilerplate that cleaned it, and whether it holds CALL."""
    with on.connect() as connection:
        rows = connection.execute(
            select(ArticleVersion.boilerplate_version, ArticleVersion.text)
            .join(Discovery, Discovery.article_id == ArticleVersion.article_id)
            .order_by(Discovery.id, ArticleVersion.version)
        )
        return [(version, CALL in text) for version, text in rows]


def test_what_a_batch_teaches_is_cut_from_its_own_pages_and_later_ones(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I4: a first crawl comes out like the next; the row says which version cut it, the table of lines what recurs."""
    waiting([page(n, CALL, *([RARE] if n < 4 else [])) for n in range(20)])
    process(engine, archive, outlet, lookback_days=14)
    assert versions(engine) == [(1, False)] * 20
    waiting([page(n, CALL) for n in range(20, 23)], first=20)
    process(engine, archive, outlet, lookback_days=14)
    assert versions(engine) == [(1, False)] * 23
    with engine.connect() as connection:
        made = connection.execute(select(BoilerplateVersion.version, BoilerplateVersion.lines)).all()
        lines = connection.execute(select(RecurringLine.text, RecurringLine.pages).order_by(RecurringLine.text)).all()
    assert [tuple(row) for row in made] == [(1, [CALL])]
    assert [tuple(row) for row in lines] == [(RARE, 4), (CALL, 23)]


def test_few_pages_teach_nothing(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, counts: Counts
) -> None:
    """I2: pages that were stored before anything was learned keep their text; a run without work changes no count."""
    waiting([page(n, CALL) for n in range(6)])
    process(engine, archive, outlet, lookback_days=14)
    assert versions(engine) == [(0, True)] * 6
    waiting([page(n, CALL) for n in range(6, 14)], first=6)
    process(engine, archive, outlet, lookback_days=14)
    assert versions(engine) == [(0, True)] * 6 + [(1, False)] * 8
    before = counts()
    process(engine, archive, outlet, lookback_days=14)
    assert counts() == before
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(PagePrint)).scalar_one() == 14


def test_only_news_makes_a_version(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, counts: Counts
) -> None:
    """I2: fetched again, a page whose boilerplate, white space or case changed is the version that is stored; one
    with a raised toll and a new paragraph is a second version, which says so."""
    waiting([page(n, CALL) for n in range(6)])
    process(engine, archive, outlet, lookback_days=14)
    waiting([page(n, CALL) for n in range(6, 14)], first=6)
    process(engine, archive, outlet, lookback_days=14)
    before = counts()
    cosmetic = page(2, CALL).replace(b"Residents counted", b"Residents   COUNTED").replace(b"2 in the", b"2, in the")
    waiting([page(0), page(1, CALL, "Follow us on Telegram"), cosmetic])
    done = process(engine, archive, outlet, lookback_days=14)
    assert (done.outcomes, done.new_versions, counts()) == ({"done": 3}, 0, before)
    raised = page(3, CALL, "The road to the north was closed until the evening, the governor said.")
    waiting([raised.replace(b"4 people were killed", b"9 people were killed")], first=3)
    assert process(engine, archive, outlet, lookback_days=14).new_versions == 1
    with engine.connect() as connection:
        row = connection.execute(select(ArticleVersion).where(ArticleVersion.version == 2)).one()
    assert row.changed_from == 1
    told = [change for change in row.changes if change["field"] != "modified"]
    assert told[0] == {"field": "killed", "before": "4", "after": "9"}
    assert [(change["kind"], change["numbers"]) for change in told if change["field"] == "paragraph"] == [
        ("changed", [["4"], ["9"]]), ("added", [[], []]),
    ]  # fmt: skip


def test_boilerplate_that_the_site_drops_is_dropped(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """A version more, without the line; the versions before it stay on record."""
    waiting([page(n, CALL) for n in range(12)])
    process(engine, archive, outlet, lookback_days=14)
    waiting([page(n) for n in range(12, 150)], first=12)
    process(engine, archive, outlet, lookback_days=14)
    with engine.connect() as connection:
        made = connection.execute(
            select(BoilerplateVersion.version, BoilerplateVersion.lines).order_by(BoilerplateVersion.version)
        ).all()
    assert [tuple(row) for row in made] == [(1, [CALL]), (2, [])]


def test_a_wrong_cut_is_a_quarantine_with_its_reason(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting
) -> None:
    """I1: a page of which the cut would leave nothing is named in the ledger, not stored empty."""
    waiting([page(n, CALL) for n in range(12)])
    process(engine, archive, outlet, lookback_days=14)
    lines = "".join(f"<p>{CALL}</p>" for _ in range(4))
    waiting(
        [f"<html><head><title>Join us</title></head><body><article>{lines}</article></body></html>".encode()], first=99
    )
    process(engine, archive, outlet, lookback_days=14)
    with engine.connect() as connection:
        outcome, detail = connection.execute(
            select(Discovery.outcome, Discovery.detail).order_by(Discovery.id.desc()).limit(1)
        ).one()
    assert outcome == "quarantine:low_yield"
    assert "only_boilerplate" in detail


def test_it_is_shown_with_its_figures(
    engine: Engine, archive: Archive, outlet: dict[str, Outlet], waiting: Waiting, khabar_env: dict[str, str]
) -> None:
    """`khabar outlets boilerplate`: state, count, share, first and last seen and an example, as data and in words."""
    kept = outlet["khaama_press"].model_copy(update={"boilerplate": Boilerplate(keep=[RARE])})
    waiting([page(n, CALL, RARE) for n in range(12)])
    process(engine, archive, {"khaama_press": kept}, lookback_days=14)
    command = [sys.executable, "-m", "khabar.cli", "outlets", "boilerplate", "khaama_press"]
    said, data = (
        subprocess.run(
            [*command, *more], cwd=ROOT, env={**environ, **khabar_env}, capture_output=True, text=True, check=True
        )
        for more in ([], ["--json"])
    )  # fmt: skip
    found = json.loads(data.stdout)
    assert (found["outlet_id"], found["version"], found["pages"]) == ("khaama_press", 1, 12)
    assert {(line["text"], line["state"], line["pages"], line["share"]) for line in found["lines"]} == {
        (CALL, "cut", 12, 1.0), (RARE, "cut", 12, 1.0),
    }  # fmt: skip
    assert all(line["example"].startswith("https://www.khaama.com/blast-") for line in found["lines"])
    assert f"cut: {CALL}" in said.stdout
    assert "on 12 pages (100%)" in said.stdout
    with engine.connect() as connection:
        texts = connection.execute(select(ArticleVersion.text)).scalars().all()
    assert all(RARE in text and CALL not in text for text in texts)
