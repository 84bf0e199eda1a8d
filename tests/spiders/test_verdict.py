"""When a crawl is green, and what it says when it is not (I6)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from models.ledger import Discovery
from models.session import reading, writing
from outlets import Outlet
from spiders.report import write_report
from spiders.sources import SourceReport
from spiders.verdict import Verdict, judge_run

NOW = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
OUTLET = Outlet.model_validate({
    "name": "news", "title": "News", "home": "https://news.test/", "country": "AF", "ownership": "independent",
    "languages": ["en"], "timezone": "Asia/Kabul", "sources": [{"kind": "feed", "url": "https://news.test/feed/"}],
    "article_url": "^https://news.test/a/",
    "assertions": {"min": {"discovered": 5, "fetched": 2}, "max": {"discovered": 9}},
})  # fmt: skip


def source(items: int = 0, outcome: str = "done", detail: str | None = None) -> SourceReport:
    """What a source said."""
    return SourceReport("https://news.test/feed/", "feed", outcome=outcome, detail=detail, items=items)


def held(engine: Engine, count: int, days_ago: float = 0.0) -> None:
    """Articles whose page we hold, last listed so long ago."""
    at = NOW - timedelta(days=days_ago)
    with writing(engine) as connection:
        for number in range(count):
            connection.execute(
                insert(Discovery).values(
                    outlet="news", url_key=f"news.test/a/{days_ago}-{number}", url="x", source="x",
                    first_seen_at=at, last_seen_at=at, hints={}, hint_sha256="0" * 64, fetch_id=1, run_id=1,
                )
            )  # fmt: skip


def judged(engine: Engine, *reports: SourceReport, visits: dict[str, int] | None = None) -> Verdict:
    """The verdict on a run."""
    counted = Counter(visits or {})
    failed = Counter({name: number for name, number in counted.items() if name.startswith("refused:")})
    with reading(engine) as connection:
        return judge_run(connection, OUTLET, reports, counted, failed, 0, NOW, 14)


def test_a_quiet_run_is_green(engine: Engine) -> None:
    """Unchanged sources that list what we hold."""
    held(engine, 7)
    verdict = judged(engine, source(7, "not_modified"))
    assert (verdict.state, verdict.reason, verdict.warnings) == ("ok", None, ())
    assert verdict.counts["discovered"] == verdict.counts["fetched"] == 7


@pytest.mark.parametrize("items", [0, 4])
def test_too_few_listed(engine: Engine, items: int) -> None:
    """The reason names the assertion."""
    held(engine, 7)
    verdict = judged(engine, source(items))
    assert (verdict.state, verdict.reason) == ("failed", f"discovered {items}, expected at least 5")


def test_an_outlet_that_vanished_is_not_quiet(engine: Engine) -> None:
    """What was listed last a month ago does not count as held."""
    held(engine, 7, days_ago=30)
    verdict = judged(engine, source(7))
    assert verdict.reason == "fetched 0, expected at least 2"


def test_nothing_at_all(engine: Engine) -> None:
    """Neither sources nor pages."""
    verdict = judged(engine)
    assert verdict.reason == "discovered 0, expected at least 5; fetched 0, expected at least 2"


def test_no_network(engine: Engine) -> None:
    """One sentence instead of a list."""
    verdict = judged(engine, source(outcome="refused:unreachable", detail="the host's name is not found"))
    assert verdict.reason == (
        "unreachable: no source of News could be reached (the host's name is not found); is there a network?"
    )


def test_every_page_refused(engine: Engine) -> None:
    """Although enough is listed and held from before."""
    held(engine, 7)
    verdict = judged(engine, source(7), visits={"refused:http_4xx": 6, "refused:challenge": 1})
    assert verdict.reason == "none of 7 article pages could be fetched (refused:http_4xx)"
    assert judged(engine, source(7), visits={"refused:http_4xx": 6, "done": 1}).state == "ok"
    assert judged(engine, source(7), visits={"refused:http_4xx": 2}).state == "ok"


def test_more_than_expected_is_a_warning(engine: Engine) -> None:
    """max warns."""
    held(engine, 7)
    verdict = judged(engine, source(70), source(outcome="refused:http_4xx", detail="status 410"))
    assert verdict.state == "ok"
    assert verdict.warnings == (
        "https://news.test/feed/: refused:http_4xx (status 410)", "discovered 70, expected at most 9",
    )  # fmt: skip


def test_a_source_read_in_part_is_a_warning(engine: Engine) -> None:
    """Overflow, an answer that broke off, a part that failed: green, but said."""
    held(engine, 7)
    part = source(7)
    part.issues += ["overflow", "truncated"]
    assert judged(engine, part).warnings == ("https://news.test/feed/: overflow, truncated",)


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A reader never sees half of one; what JSON does not know is written as text."""
    path = tmp_path / "new" / "news.json"
    write_report(path.parent, {"outlet": "news", "at": NOW, "name": "خامه"})
    assert "2026-03-02 05:30:00+00:00" in path.read_text(encoding="utf-8")
    circular: dict[str, object] = {"outlet": "news"}
    circular["self"] = circular
    with pytest.raises(ValueError, match="Circular"):
        write_report(path.parent, circular)
    assert "خامه" in path.read_text(encoding="utf-8")
    assert list(path.parent.iterdir()) == [path]
