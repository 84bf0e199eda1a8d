"""The pages of the coverage ledger: every outlet on a day, an outlet's days, every drop with its reason and address."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, insert, update

from models.day import day_of
from models.ledger import Discovery
from models.outlet_day import OutletDay
from models.session import writing
from pipeline.coverage.refresh import refresh
from review.routes_coverage import MOST
from tests.review.newsroom import Newsroom
from tests.review.pages import Page
from tests.review.rows import NOW, OUTLETS

TODAY = day_of(NOW)


def drop(
    engine: Engine, titles: list[str], *, outcome: str = "refused:http_4xx", url: str = "https://tass.example/"
) -> None:
    """Addresses of TASS that were refused this morning; counted, and TASS is blocked."""
    with writing(engine) as connection:
        for number, title in enumerate(titles):
            connection.execute(
                insert(Discovery).values(
                    outlet="tass", url_key=f"{outcome}/{number}", url=f"{url}{number}", source="s", run_id=1,
                    first_seen_at=NOW - timedelta(hours=1), last_seen_at=NOW, hints={"title": title}, hint_sha256="h",
                    outcome=outcome, detail="status 404", attempts=1,
                )
            )  # fmt: skip
    refresh(engine, {name: outlet for name, outlet in OUTLETS.items() if outlet}, NOW)
    with writing(engine) as connection:
        connection.execute(
            update(OutletDay).where(OutletDay.outlet == "tass").values(state="blocked", reason="It turns us away.")
        )


def test_a_day_of_all_outlets(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """I1, I6: the troubled first with their sentence, the funnel beside it, sums below; a day without rows shows no
    zeroes; the health strip leads here."""
    drop(engine, ["A", "B", "C"])
    page = Page(client.get("/coverage"))
    assert page.text(".list-head p") == "Mon 2 Mar 2026 in Kabul, so far"
    assert page.texts("tbody tr")[0].endswith("blocked It turns us away.")
    rows = page.tree.cssselect("tbody tr, tfoot tr")
    figures = [[cell.text_content() for cell in row.cssselect(".number")] for row in rows]
    assert figures[0][:8] == ["4", "1", "1", "1", "1", "0", "3", "0"]
    columns = list(zip(*[row[:8] for row in figures[:-1]], strict=True))
    assert [sum(map(int, column)) for column in columns] == [int(number) for number in figures[-1]]
    before = Page(client.get(page.tree.cssselect(".days a")[0].get("href")))
    assert before.text(".list-head p") == "Sun 1 Mar 2026 in Kabul, the whole day"
    assert set(before.texts("tbody .number")) == {"–"}
    assert set(before.texts("tbody .told")) == {"not collected"}
    assert "/coverage" in {link.get("href") for link in Page(client.get("/")).tree.cssselect("a")}


def test_what_an_outlet_lost_and_why(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """I1: every reason in words with its number, its addresses as links, bounded; copies lead to what we have."""
    drop(engine, [f"Story {number}" for number in range(MOST + 3)])
    page = Page(client.get("/coverage/tass"))
    assert page.text(".banner").startswith("Blocked. It turns us away. Counted 2 Mar 2026 03:05 UTC")
    assert page.text(".drops summary") == f"{MOST + 3} at fetch: The server refused with a 4xx status. refused:http_4xx"
    assert len(page.texts(".drops li")) == MOST
    assert page.text(".drops .note").startswith("… and 3 more")
    assert page.tree.cssselect(".drops a")[0].get("href") == "https://tass.example/0"
    assert page.texts("#days ~ table tbody tr th") == ["Mon 2 Mar"]
    assert page.text("#days ~ p") == "Watched since 2 Mar 2026."
    assert page.text("[aria-current=date]") == "Mon 2 Mar"
    copies = Page(client.get("/coverage/khaama_press"))
    assert copies.tree.cssselect(".drops li a")[-1].get("href") == f"/articles/{newsroom.kunduz}"


def test_the_ledger_has_moved_on(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """What was dropped after the count is listed, and the difference is said, not hidden."""
    drop(engine, ["A"])
    with writing(engine) as connection:
        connection.execute(update(Discovery).where(Discovery.outlet == "tass").values(outcome="pending"))
    assert "0 are dropped now" in Page(client.get("/coverage/tass")).text("#main")


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("/coverage?day=yesterday", 400, "'yesterday' is no day"),
        ("/coverage?day=2026-03-03", 400, "has not come yet"),
        ("/coverage/tass?day=0001-01-01", 400, "lies before anything"),
        ("/coverage/nobody", 404, "There is no such outlet."),
        ("/coverage/%3Cscript%3E", 404, "There is no such outlet."),
    ],
)
def test_what_cannot_be_meant(client: httpx.Client, asked: str, status: int, said: str) -> None:
    """One sentence."""
    assert said in Page(client.get(asked), status).text("h1")


def test_before_the_first_collection(client: httpx.Client) -> None:
    """I6: nothing is not zero."""
    assert "Nothing has been collected yet" in Page(client.get("/coverage")).text(".banner")
    assert Page(client.get("/coverage/tass")).text(".banner").startswith("Not collected.")
