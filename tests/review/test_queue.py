"""The queue: one card a story, the most relevant first, honest about times, origins and the health of its sources."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, event, update

from models.article import Article
from models.day import day_of
from models.outlet_day import OutletDay
from models.session import writing
from review.app import create_app
from review.filters import Filter
from review.queue import PAGE
from tests.review.newsroom import CRICKET, KUNDUZ, NASTY, Newsroom, fill
from tests.review.pages import Page
from tests.review.rows import NOW, OUTLETS, T, Text, add, add_run


def cards(client: httpx.Client, query: str = "") -> list[int]:
    return Page(client.get("/" + query)).cards()


def test_one_card_a_story_most_relevant_first(client: httpx.Client, newsroom: Newsroom) -> None:
    """Copies and other reports of the same event are folded under their lead."""
    n = newsroom
    assert cards(client) == [n.kunduz, n.herat, n.khost, n.daesh, n.takhar, n.cricket]
    page = Page(client.get("/"))
    assert page.text(f"#card-{n.kunduz} .also summary") == (
        "Also in: Khaama Press, TASS — 2 independent origins, 1 copy"
    )
    assert page.texts(".band") == ["Afghanistan security", "Related", "Everything else"]
    assert page.text(f"#card-{n.kunduz} .accept") == "a Accept all 3"


def test_a_card_says_what_is_known_and_no_more(client: httpx.Client, newsroom: Newsroom) -> None:
    """I5: a minute shows both clocks, a day none, the unknown is called unknown; a voice carries its owner."""
    page = Page(client.get("/"))
    at, times = "#card-{} ".format, " .times span:first-child"
    assert page.text(at(newsroom.kunduz) + times) == "Published 2 Mar 2026 00:05 UTC 04:35 Kabul"
    assert page.text(at(newsroom.herat) + times) == "Published 2 Mar 2026 day only, given as a Solar Hijri date"
    assert page.text(at(newsroom.khost) + times) == "Published unknown"
    assert page.text(at(newsroom.kunduz) + ".toll") == "3–5 killed 11 wounded 2 detained event dated 2026-03-01"
    assert page.texts(at(newsroom.kunduz) + ".claims li") == [
        "3 killed, according to spokesman for the provincial police: three dead",
        "5 killed, according to doctor at the regional hospital: five bodies",
    ]
    assert page.text(at(newsroom.daesh) + ".republished") == "republished from Khaama Press independent"
    assert page.text(at(newsroom.kunduz) + ".also .own-state") == "state-owned"
    assert "Islamic State Khorasan Province" in page.text(at(newsroom.daesh) + ".why")
    assert page.texts(at(newsroom.kunduz) + ".g-place .chip") == ["★ Kunduz event", "Afghanistan event"]
    assert {"Roadside bomb", "Kunduz", "three dead", "Taliban"} <= set(page.texts(at(newsroom.kunduz) + "mark"))
    assert page.tree.cssselect(at(newsroom.kunduz) + ".g-place .chip")[0].get("title") == "0.95 places.province@1"


FOUND = {
    "?outlet=tolonews": ["daesh", "cricket"],
    "?outlet=tass": ["kunduz_ru"],
    "?outlet=unknown": [],
    "?topic=conflict.bombing": ["kunduz"],
    "?province=AF-HER": ["herat"],
    "?province=AF19": [],
    "?actor=iskp": ["kunduz", "daesh"],
    "?language=fa": ["herat"],
    "?language=ps": ["khost"],
    "?relevance=0.6": ["kunduz", "herat", "khost", "daesh"],
    "?status=accepted": [],
    "?status=new&language=ru": ["kunduz_ru"],
    "?q=cricket": ["cricket"],
    "?q=CRICKET": ["cricket"],
    "?q=кундузе": ["kunduz_ru"],
    "?q=چهار+تن": ["herat"],
    "?q=25%25": [],
    "?q=%25": [],
    "?q=_": [],
    "?q='+OR+1=1--": [],
    "?q=%5C": [],
    "?q=a%00b": [],
}


def test_filters_and_search(client: httpx.Client, newsroom: Newsroom) -> None:
    """Every filter is in the address; what is searched for is text, never a pattern or SQL."""
    names = {getattr(newsroom, name): name for found in FOUND.values() for name in found}
    assert {query: [names.get(card) for card in cards(client, query)] for query in FOUND} == FOUND


def test_percent_signs_are_found_as_text(client: httpx.Client, engine: Engine) -> None:
    """The search for "25%" finds just that number, not everything that begins with it, and a sign parts words."""
    with writing(engine) as connection:
        found = add(connection, "tass", "a", Text("Prices rise 25% in Kabul_city", "x"))
        add(connection, "tass", "b", Text("Prices rise 250 in Kabul city", "x"))
        other = add(connection, "tass", "c", Text("Kabul", "x"))
    assert cards(client, "?q=25%25") == cards(client, "?q=25") == [found]
    assert set(cards(client, "?q=Kabul_city")) == {found, other - 1}


def test_pages_show_every_story_once(client: httpx.Client, engine: Engine) -> None:
    """I1, I2: following "next page" through equal relevances meets every story exactly once, in order."""
    with writing(engine) as connection:
        made = [add(connection, "tass", f"s{n}", CRICKET, relevance=round(n % 4 / 10, 1)) for n in range(2 * PAGE + 7)]
    seen: list[int] = []
    url = "/"
    for _ in range(10):
        page = Page(client.get(url))
        seen += page.cards()
        following = page.tree.cssselect("a[rel=next]")
        if not following:
            break
        url = following[0].get("href")
    assert sorted(seen) == sorted(made)
    assert seen == sorted(made, key=lambda a: (-(made.index(a) % 4), -a))
    assert "47 stories" in page.text(".list-head")


def test_a_story_shows_what_still_waits(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """A decided article of a story is listed with its status but is no longer part of a decision."""
    with writing(engine) as connection:
        connection.execute(update(Article).where(Article.id == newsroom.kunduz).values(review_status="accepted"))
    page = Page(client.get("/"))
    assert newsroom.kunduz not in page.cards()
    card = f"#card-{newsroom.kunduz_ru}"
    assert page.text(f"{card} .also .badge.accepted") == "accepted"
    assert [raw.split(".")[0] for raw in page.form(f"{card} .decide")["item"][0].split()] == [
        str(newsroom.kunduz_ru), str(newsroom.kunduz_copy)
    ]  # fmt: skip


def test_a_large_story_stays_bounded(client: httpx.Client, engine: Engine) -> None:
    """I7: a hundred copies neither make the page heavy nor are they decided unseen."""
    with writing(engine) as connection:
        lead = add(connection, "pajhwok", "lead", KUNDUZ)
        for number in range(100):
            add(connection, "tass", f"copy{number}", KUNDUZ, story=lead, copy_of=lead)
    page = Page(client.get("/"))
    assert page.cards() == [lead]
    assert len(page.form(f"#card-{lead} .decide")["item"][0].split()) <= 51
    assert len(page.answer.content) < 150_000


def test_a_full_page_is_light_and_takes_few_queries(client: httpx.Client, engine: Engine, database_url: str) -> None:
    """I7: a page of stories costs as many queries as one, and weigh less than 150 KB."""
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    with writing(engine) as connection:
        add(connection, "tass", "one", KUNDUZ)
    del statements[:]
    Page(client.get("/"))
    for_one = len(statements)
    with writing(engine) as connection:
        for number in range(PAGE + 5):
            add(connection, "tass", f"s{number}", KUNDUZ)
    del statements[:]
    page = Page(client.get("/"))
    assert len(page.cards()) == PAGE
    assert len(statements) == for_one
    assert len(page.answer.content) < 150_000


def test_health_comes_first(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """I6: an outlet that failed is named with its reason before any number is shown."""
    page = Page(client.get("/"))
    assert page.text(".banner") == (
        "Numbers cannot be trusted. TOLOnews failed 3 h ago: the feed answered 403 three times."
    )
    assert page.texts(".strip li")[0] == "TOLOnews failed 3 h ago 2 found, 2 kept today"
    assert "counts may be low" in page.text(".list-head")


def test_overdue_running_and_never(client: httpx.Client, engine: Engine) -> None:
    """I6: silence is a state of its own; a run in progress does not hide the failure before it."""
    with writing(engine) as connection:
        add_run(connection, "khaama_press", ago=timedelta(hours=27))
        add_run(connection, "pajhwok", "failed", reason="no feed", ago=timedelta(hours=5))
        add_run(connection, "pajhwok", "running", ago=timedelta(minutes=1))
        add_run(connection, "tass", ago=timedelta(hours=25))
        add_run(connection, "tass", "running", ago=timedelta(minutes=1))
        add_run(connection, "", "failed", kind="process", reason="tass: kept 0 articles")
    page = Page(client.get("/"))
    states = {text.split("  ")[0]: text for text in page.texts(".strip li")}
    joined = " | ".join(states)
    assert "Khaama Press overdue 27 h ago" in joined
    assert "Pajhwok Afghan News failed 1 min ago" in joined
    assert "TASS running 1 min ago" in joined
    assert "TOLOnews never collected" in joined
    assert "The last processing run failed: tass: kept 0 articles." in page.text(".banner")


def test_a_diagnosis_explains_before_it_alarms(client: httpx.Client, engine: Engine, newsroom: Newsroom) -> None:
    """I6: an outlet whose runs succeed but that is broken is told first, with the sentence that explains it, before the
    bare failure of a crawl; a quiet one is no alarm, and a diagnosis of another day says nothing."""
    told = {
        "pajhwok": ("feed_frozen", "The feed is <b>frozen</b>."), "tass": ("quiet", "Nothing new."),
        "tolonews": ("blocked", "It turns us away."),
    }  # fmt: skip
    with writing(engine) as connection:
        for name, (state, reason) in told.items():
            connection.execute(update(OutletDay).where(OutletDay.outlet == name).values(state=state, reason=reason))
    page = Page(client.get("/"))
    assert page.text(".banner") == (
        "Numbers cannot be trusted. TOLOnews blocked: It turns us away. Pajhwok Afghan News feed frozen: "
        "The feed is <b>frozen</b>."
    )
    assert [text.split(" · ")[0] for text in page.texts(".strip li")[:2]] == [
        "TOLOnews blocked",
        "Pajhwok Afghan News feed frozen",
    ]
    assert any(text.startswith("TASS quiet") for text in page.texts(".strip li"))
    assert page.tree.cssselect(".strip .today")[0].get("href") == "/coverage/tolonews"
    with writing(engine) as connection:
        connection.execute(update(OutletDay).values(day=day_of(NOW) - timedelta(days=1)))
    page = Page(client.get("/"))
    assert page.text(".banner") == (
        "Numbers cannot be trusted. TOLOnews failed 3 h ago: the feed answered 403 three times."
    )
    assert "not counted today" in page.texts(".strip li")[0]


def test_the_banner_stays_short(engine: Engine, serve: Callable[[FastAPI], AbstractContextManager[str]]) -> None:
    """With all in trouble it names a few and leads to the rest."""
    with writing(engine) as connection:
        add_run(connection, "tass", "failed", reason="no network")
    outlets = {"tass": OUTLETS["tass"], **{f"paper_{number:02}": None for number in range(20)}}
    with serve(create_app(engine, outlets=lambda: outlets, now=lambda: NOW)) as address:
        banner = Page(httpx.get(address)).text(".banner")
    assert banner.startswith("Numbers cannot be trusted. TASS failed 40 min ago: no network. paper_00 never collected.")
    assert banner.endswith("paper_03 never collected. 16 more outlets in trouble.")


def test_an_empty_database_says_so(client: httpx.Client) -> None:
    """I6: before the first run every number is empty, not zero, and the page says what to do."""
    page = Page(client.get("/"))
    assert "Nothing has been collected yet" in page.text(".banner")
    assert "make demo" in page.text(".empty")


def test_a_broken_outlet_file_stops_nothing(
    engine: Engine, serve: Callable[[FastAPI], AbstractContextManager[str]]
) -> None:
    """An outlet whose file cannot be read keeps its place by its name."""
    fill(engine)
    app = create_app(engine, outlets=lambda: {**OUTLETS, "tass": None}, now=lambda: NOW)
    with serve(app) as address:
        page = Page(httpx.get(address))
    assert any(text.startswith("tass collected") for text in page.texts(".strip li"))


def test_hostile_text_stays_text(client: httpx.Client, engine: Engine) -> None:
    """XSS: whatever a title, tag, claim or author holds, the page has our elements only, and no dangerous link."""
    newsroom = fill(engine, nasty=True)
    for answer in (client.get("/"), *(client.get(f"/articles/{number}") for number in newsroom.nasty)):
        page = Page(answer)
        assert [script.get("src", "")[:15] for script in page.tree.iter("script")] == ["/static/desk.js"]
        assert not page.has("style, iframe, object, embed, [onerror], [onload], [style]")
        assert all(image.get("src", "").startswith("/static/") for image in page.tree.iter("img"))
        for link in page.tree.iter("a"):
            assert link.get("href", "").startswith(("/", "#", "https://")), link.get("href")
    titles = [" ".join(title.split()) for title in NASTY]
    assert set(titles) <= set(Page(client.get("/")).texts("h3"))


def test_only_standing_tags_of_the_latest_version_count(client: httpx.Client, engine: Engine) -> None:
    """A tag of an earlier version, or one that was withdrawn, neither shows nor filters."""
    old = Text("A", "Herat here", tags=(T("iso3166-2", "AF-HER", "Herat", "Herat"),))
    with writing(engine) as connection:
        new = replace(old, text="Kabul here", tags=(T("iso3166-2", "AF-KAB", "Kabul", "Kabul"),))
        add(connection, "tass", "a", old, new)
    assert cards(client, "?province=AF-HER") == []
    assert Page(client.get("/")).texts(".chip") == ["Kabul"]


def test_the_default_filter_is_what_waits() -> None:
    """The analyst's morning: new and changed."""
    assert Filter().status == "open"


def test_what_a_backfill_found_is_no_news(client: httpx.Client, engine: Engine) -> None:
    """I6: an article of the past waits where it is asked for, and does not crowd out the day's; one that was decided
    and has changed since is news again."""
    with writing(engine) as connection:
        past, decided, today = (add(connection, "tass", name, Text(f"Of {name}", "Words")) for name in "abc")
        connection.execute(update(Article).where(Article.id.in_([past, decided])).values(backfilled=True))
        connection.execute(update(Article).where(Article.id == decided).values(review_status="changed"))
    assert set(cards(client)) == {decided, today}
    assert cards(client, "?status=new") == [today]
    assert cards(client, "?status=past") == [past]
    assert len(cards(client, "?status=all")) == 3
