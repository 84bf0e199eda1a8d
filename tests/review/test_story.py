"""The story page: reports beside each other, who claims what, whose text it is, and how it came in."""

from dataclasses import replace

import httpx
from sqlalchemy import Engine, update

from models.article import Article
from models.session import writing
from review.outlet_faces import Face
from review.story_claims import lines
from tests.review.newsroom import KUNDUZ, KUNDUZ_RU, TAKHAR_NEW, TAKHAR_OLD, Newsroom
from tests.review.pages import Page
from tests.review.rows import NOW, add, add_version, in_text


def test_reports_stand_beside_each_other(client: httpx.Client, newsroom: Newsroom) -> None:
    """Each text of its own with its evidence, language and times in UTC and Kabul; a copy is named under its origin."""
    n = newsroom
    queue = Page(client.get("/"))
    page = Page(client.get(queue.tree.cssselect(f"#card-{n.kunduz} a.open")[0].get("href")))
    assert page.cards() == [n.kunduz, n.kunduz_ru]
    said = f"Story {n.kunduz} 3 articles at 3 outlets, 2 independent origins, 1 copy"
    assert page.text("header .meta").startswith(said)
    assert page.text(f"#card-{n.kunduz} .times").startswith("Published 2 Mar 2026 00:05 UTC 04:35 Kabul")
    assert "Roadside bomb" in page.texts(f"#card-{n.kunduz} mark")
    assert [p.get("dir") for p in page.tree.cssselect(".prose p")] == ["auto"] * len(page.texts(".prose p"))
    assert page.tree.cssselect(f"#card-{n.kunduz_ru} .prose")[0].get("lang") == "ru"
    assert "Khaama Press" in page.text(".origins ul li")
    assert "97 % the same" in page.text(".origins ul li")
    copy = Page(client.get(page.tree.cssselect(".origins ul li a")[-1].get("href")))
    assert n.kunduz_copy in copy.cards()
    assert page.text(".way a") == "← Queue q"
    assert page.form(".deck .decide")["item"][0].split() == [
        f"{one}.1.0" for one in (n.kunduz, n.kunduz_copy, n.kunduz_ru)
    ]
    assert client.get("/story/99999").status_code == 404
    assert client.get("/story/x").status_code == 404


def test_who_claims_what(client: httpx.Client, engine: Engine) -> None:
    """Values that differ are marked, each with its claimant and words; a copy is no second witness."""
    russian = replace(
        KUNDUZ_RU, facts={"killed_low": 3, "killed_high": 3, "event_date": "2026-03-02", "claims": [
            {"field": "killed", "value": 3, "claimant": "spokesman for the provincial police",
             "evidence": in_text(KUNDUZ_RU.text, "три человека")}]},
    )  # fmt: skip
    with writing(engine) as connection:
        first = add(connection, "pajhwok", "a", KUNDUZ)
        add(connection, "khaama_press", "a", KUNDUZ, story=first, copy_of=first)
        add(connection, "tass", "a", russian, story=first)
    page = Page(client.get(f"/story/{first}"))
    table = [
        [" ".join(cell.text_content().split()) for cell in row] for row in page.tree.cssselect(".claimed tbody tr")
    ]
    assert table[0][:3] == ["Killed differs", "3", "spokesman for the provincial police"]
    assert table[0][3] == "Pajhwok Afghan News independent three dead TASS state-owned три человека"
    assert table[1][:3] == ["Killed differs", "5", "doctor at the regional hospital"]
    assert ["Wounded", "11", "its own words", "Pajhwok Afghan News independent"] in table
    assert [row[:2] for row in table if row[0].startswith("When")] == [
        ["When differs", "2026-03-01"], ["When differs", "2026-03-02"],
    ]  # fmt: skip
    where = next(row for row in table if row[0] == "Where")
    assert where[1] == "Kunduz, province or wider"
    assert where[3].startswith("Pajhwok Afghan News independent Kunduz TASS state-owned Кундузе")


def test_versions_and_the_timeline(client: httpx.Client, engine: Engine) -> None:
    """I5: what happened stands in its order, with what an edit changed; the difference is on the page."""
    with writing(engine) as connection:
        article = add(connection, "tass", "a", TAKHAR_OLD)
        add(connection, "pajhwok", "b", replace(TAKHAR_OLD, published=None), story=article)
    client.post("/work", data={"item": f"{article}.1.0", "action": "note", "note": "wait for ACLED"})
    with writing(engine) as connection:
        add_version(connection, article, 2, TAKHAR_NEW, NOW)
        connection.execute(update(Article).where(Article.id == article).values(latest_version=2))
    page = Page(client.get(f"/story/{article}"))
    assert page.text(".changed-from summary") == "Changed from version 1 to 2"
    assert page.texts(".changed-from ins")[:1] == ["Four detained in Takhar weapons raid"]
    moments = page.texts(".moments li")
    assert [moment.split("TASS ")[1].split(":")[0] for moment in moments] == [
        "published", "version 2 seen", "noted by local",
    ]  # fmt: skip
    assert "wait for ACLED" in moments[2]


def test_a_line_is_told_once_by_each_report() -> None:
    """Two equal claims of one report are one teller; lines of one field follow by size."""
    facts = {"killed_low": 3, "killed_high": 12, "claims": [
        {"field": "killed", "value": 12, "claimant": None, "evidence": {"text": "12"}},
        {"field": "killed", "value": 3, "claimant": None, "evidence": {"text": "three"}},
        {"field": "killed", "value": 3, "claimant": None, "evidence": {"text": "3"}},
    ]}  # fmt: skip
    found = lines([(1, Face("a", "A"), "en", facts, ())])
    assert [(line.value, len(line.tellers), line.differs) for line in found] == [("3", 1, True), ("12", 1, True)]
