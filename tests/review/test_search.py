"""The search finds words in six languages however they are written, takes whatever is typed as text, and follows the
articles as they change."""

from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, text, update

from models import search
from models.article import Article
from models.folding import fold
from models.migrate import migrate
from models.place import Place
from models.review import ReviewDecision
from models.search_query import asked, with_words
from models.session import reading, writing
from review import queue
from review.filters import Filter
from review.meant import meant
from review.outlet_faces import Face
from review.search_marks import marks
from review.shift import Shift
from tests.conftest import ROOT
from tests.review.pages import Page
from tests.review.rows import NOW, T, Text, add
from tests.support.rows import insert_article

TEXTS = {
    "en": Text("Ceasefire talks collapse", "Negotiators left Doha’s venue without a deal."),
    "fa": Text("سخن‌گوی حکومت در کابل", "نیروهای امنیتی ۱۲ تن را بازداشت کردند و می‌گویند که حمله‌کننده کشته شد.", "fa"),
    "ps": Text("په ننګرهار کې چاودنه", "د امنیې قوماندانۍ وايي، چې درې کسان ټپیان شوي دي.", "ps"),
    "ur": Text("پشاور میں دھماکہ", "پولیس کے مطابق ہلاکتوں کی تعداد بڑھ سکتی ہے۔", "ur"),
    "ru": Text("Взрывы в Кундузе", "Йоркширский эксперт сообщил о самолётах над Хайратоном.", "ru"),
    "tg": Text("Таркиш дар Қундуз", "Вазири корҳои дохилӣ гуфт, ки ҷангҷӯён гурехтанд.", "tg"),
}
FOUND = {
    "ceasefire": "en", "CEASEFIRE TALKS": "en", "negotiator": "en", "doha's": "en", "DOHAS": "en",
    "deal ceasefire": "en",
    "سخن‌گوی": "fa", "سخنگوی": "fa", "سخن گوی": "fa", "حكومت": "fa", "12": "fa", "۱۲": "fa", "١٢": "fa",
    "می گویند": "fa",
    "حمله کننده": "fa", "كَابُل": "fa", "نیرو": "fa", "ﻛﺎﺑﻞ": "fa",
    "ننگرهار": "ps", "کې چاودنه": "ps", "امنیی": "ps", "ټپيان": "ps", "قومانداني": "ps",
    "دهماكہ": "ur", "پوليس": "ur", "ہلاکتوں": "ur", "ھلاکت": "ur",
    "взрыв": "ru", "КУНДУЗЕ": "ru", "самолетах": "ru", "йоркширский": "ru", "Хайратон": "ru",
    "корхои": None, "корҳои": "tg", "дохилӣ": "tg", "дохили": "tg", "ҷангҷӯён": "tg", "ҚУНДУЗ": "tg",
    "ceasefire кундуз": None, "eal": None, "1": None, "tal": None,
}  # fmt: skip
"""What is typed, and the language of the text that it finds."""

NASTY = (
    '"', '"ceasefire', "ceasefire*", "*", "ceasefire AND", "NOT ceasefire", "ceasefire NEAR talks",
    "NEAR(ceasefire talks)",
    "(", ")))", "ceasefire)", "{title} : ceasefire", "title:ceasefire", "words:ceasefire", "^ceasefire", "-ceasefire",
    "ceasefire + talks", "ceasefire OR cricket", "'", "''; DROP TABLE article_words; --", "a' | 'b", "!ceasefire",
    "ceasefire <-> talks", "ceasefire:*", "ceasefire:A", "\\", "\\'", "%", "_", "%s", ":q", "?", "$1", "/ceasefire",
    "\u202eceasefire", "\ufeff", "\u200c", "\u0640", "🔥", "\U00020000", "\ud800", "a" * 200, "ا " * 99, "x\u0301" * 60,
    "- - -", "1e9", "0x41", "NULL", "ceasefire\ttalks", "’", "´", "½", "﷽",
)  # fmt: skip
SAME_AS_WORDS = {
    '"ceasefire', "ceasefire*", "ceasefire)", "^ceasefire", "-ceasefire", "ceasefire + talks", "!ceasefire",
    "ceasefire <-> talks", "ceasefire:*", "/ceasefire", "\u202eceasefire", "ceasefire\ttalks", "ceasefire:A",
}  # fmt: skip
"""Of these, those that are nothing but words of the English text."""


@pytest.fixture
def library(engine: Engine) -> dict[int, str]:
    """Article id -> language of its text."""
    with writing(engine) as connection:
        return {add(connection, "tass", code, said): code for code, said in TEXTS.items()}


def test_every_script_is_found_however_it_is_written(engine: Engine, library: dict[int, str]) -> None:
    """Letter forms, digits, marks, half-spaces and case make no difference; other words do."""
    with reading(engine) as connection:
        found = {q: [library[row.id] for row in connection.execute(with_words(connection, q))] for q in FOUND}
    assert found == {q: [code] if code else [] for q, code in FOUND.items()}


def test_whatever_is_typed_is_text(client: httpx.Client, library: dict[int, str]) -> None:
    """S01: operators, quotes and brackets of either database are words or part words; none is obeyed, none fails."""
    found = {}
    for q in NASTY:
        page = Page(client.get("/?q=" + quote(q, errors="replace")))
        found[q] = [library[card] for card in page.cards()]
    assert found == {q: ["en"] if q in SAME_AS_WORDS else [] for q in NASTY}
    assert "There is no word in this search" in Page(client.get("/?q=%22")).text(".empty")


@given(st.text(max_size=80))
def test_words_hold_nothing_but_letters_and_digits(typed: str) -> None:
    """What is put into an expression of a database needs no escaping, and folding twice changes nothing."""
    for spellings in asked(typed):
        for spelling in spellings:
            assert spelling
            assert all(word.isalnum() or word.isprintable() for word in spelling)
            assert not set("".join(spelling)) & set(" '\"\\:*&|!()<>/^-+\t\n")
    assert fold(fold(typed)) == fold(typed)


@given(st.text(max_size=200), st.text(max_size=20))
def test_marks_stay_in_the_text(body: str, q: str) -> None:
    """A mark covers characters that are there, in order, one after the other."""
    last = 0
    for span in marks(body, q):
        assert last <= span.start < span.end <= len(body)
        last = span.end


def test_what_was_found_is_shown(client: httpx.Client, engine: Engine) -> None:
    """The words are marked as the text has them, and a place far down is shown in place of other evidence."""
    body = "The meeting began. " * 40 + "\nمی‌گویند که نیروهای امنیتی آمدند. " + "It ended. " * 40
    with writing(engine) as connection:
        add(connection, "tass", "a", Text("A meeting", body, tags=(T("topic", "x", "X", "It ended"),)))
    page = Page(client.get("/", params={"q": "ميگويند نيرو"}))
    assert page.texts(".e-search") == ["می‌گویند", "نیروهای"]
    assert page.tree.cssselect(".excerpt p")[-1].get("dir") == "auto"


def test_titles_come_first_when_asked(client: httpx.Client, engine: Engine) -> None:
    """By title, by time and by relevance are three orders of the same stories, each a link, in the address."""
    with writing(engine) as connection:
        ages = {"title": 9, "body": 1, "old": 20}
        ids = {
            name: add(
                connection, "tass", name, Text(*(("Cricket", "x") if name == "title" else ("x", "cricket"))),
                relevance={"title": 0.1, "body": 0.2, "old": 0.3}[name], seen=NOW - timedelta(days=days),
            )
            for name, days in ages.items()
        }  # fmt: skip
        connection.execute(text("UPDATE articles SET dated_at = first_seen_at"))
    order = {key: Page(client.get(f"/?q=cricket&order={key}")).cards() for key in ("relevance", "newest", "match")}
    assert order == {
        "relevance": [ids["old"], ids["body"], ids["title"]],
        "newest": [ids["body"], ids["title"], ids["old"]],
        "match": [ids["title"], ids["body"], ids["old"]],
    }
    links = Page(client.get("/?q=cricket")).tree.cssselect(".orders a")
    assert [link.get("href") for link in links] == [
        "/?q=cricket",
        "/?q=cricket&order=newest",
        "/?q=cricket&order=match",
    ]


def test_the_index_forgets(engine: Engine, library: dict[int, str]) -> None:
    """I2: putting in what is there changes nothing; what is taken out is found no more, and nothing else is lost."""
    (english,) = (number for number, code in library.items() if code == "en")
    said = TEXTS["en"]
    with writing(engine) as connection:
        search.take_out(connection, [(english, said.title, said.text)])
        assert connection.execute(with_words(connection, "ceasefire")).all() == []
        assert len(connection.execute(with_words(connection, "взрыв")).all()) == 1
        search.put_in(connection, [(english, "Other words", said.text)])
        assert connection.execute(with_words(connection, "ceasefire")).all() == []
        assert connection.execute(with_words(connection, "other doha", in_title=True)).all() == []
        assert connection.execute(with_words(connection, "other words", in_title=True)).all() == [(english,)]


def test_the_migration_indexes_what_is_there(engine: Engine) -> None:
    """I1: an article that was stored before there was a search is found after it."""
    with writing(engine) as connection:
        article = insert_article(connection)
    (made,) = (ROOT / "alembic/versions").glob("*_search.py")
    migrate(engine, f"{int(made.name[:4]) - 1:04}")
    migrate(engine)
    with reading(engine) as connection:
        assert connection.execute(with_words(connection, "wounded blast")).all() == [(article,)]
        row = connection.execute(text("SELECT language, dated_at, first_seen_at FROM articles")).one()
    assert (row.language, str(row.dated_at)[:16]) == ("en", "2026-03-01 06:30")


QUERIES = (
    "", "status=all", "status=past", "status=accepted", "topic=a", "topic=a&actor=b", "language=fa", "outlet=tass",
    "relevance=0.5", "q=kabul", "q=kabul&topic=a&status=all", "province=AF-HER&q=kabul", "since=2026-02-27",
    "until=2026-02-27&status=all", "language=fa&topic=a&q=bomb", "new=3d&status=all", "ownership=state&new=7d",
    "decided=shift&status=accepted",
)  # fmt: skip


@pytest.mark.parametrize("order", ["relevance", "newest"])
def test_both_ways_to_read_show_the_same(engine: Engine, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """I2: reading in the queue's order and reading what a filter leaves give the same stories on the same pages."""
    _fill(engine)
    for query in QUERIES:
        wanted = _meant(Filter.parse(dict(pair.split("=") for pair in query.split("&") if pair) | {"order": order}))
        with reading(engine) as connection:
            few = _walk(connection, wanted)
            monkeypatch.setattr(queue, "_way", lambda *_: None)
            assert _walk(connection, wanted) == few, query
            monkeypatch.undo()
        assert len(set(few)) == len(few)
    with reading(engine) as connection:
        assert len(_walk(connection, Filter(status="all", order=order))) == 12


def _fill(on: Engine) -> None:
    """Forty articles in twelve stories that differ in everything that a filter asks."""
    with writing(on) as connection:
        connection.execute(
            insert(Place).values(
                iso="AF-HER", level="province", name_en="Herat", name_fa="", name_ps="", name_ru="", pcode="AF32",
                pcode_version="x", pcode_verified=True, geonames_adm1="11", fips="AF11", country="AF",
            )
        )  # fmt: skip
        stories: list[int] = []
        for number in range(40):
            story = stories[number % 12] if number >= 12 else None
            tags = [T("topic", "a", "A", "kabul")] * (number % 3 == 0) + [T("actor", "b", "B", "kabul")] * (number % 2)
            tags += [T("iso3166-2", "AF-HER", "Herat", "kabul")] * (number % 5 == 0)
            said = "bomb" if number % 4 else "cricket"
            article = add(
                connection, ("tass", "pajhwok")[number % 2], f"n{number}",
                Text(f"Of {said}", f"kabul {said}", "fa" if number % 3 else "en", tags=tuple(tags), published=None),
                relevance=round(number * 7 % 10 / 10, 1), story=story,
                copy_of=story if number % 4 == 1 and story else None, seen=NOW - timedelta(hours=number * 5),
            )  # fmt: skip
            stories.append(article)
        connection.execute(text("UPDATE articles SET review_status = 'accepted' WHERE id % 7 = 0"))
        at = NOW - timedelta(hours=2)
        late = update(Article).where(
            Article.review_status == "accepted", Article.first_seen_at > NOW - timedelta(hours=90)
        )
        connection.execute(late.values(reviewed_by="ana", reviewed_at=at))
        for one in connection.execute(select(Article.id).where(Article.reviewed_by == "ana")).scalars().all():
            connection.execute(
                insert(ReviewDecision).values(
                    article_id=one, version=1, content_sha256="c" * 64, action="accept", reviewer="ana",
                    decided_at=at, before={}, after={}, change_seq=1,
                )
            )  # fmt: skip
        connection.execute(text("UPDATE articles SET backfilled = true WHERE id % 9 = 0"))


def _meant(wanted: Filter) -> Filter:
    """As ana's desk understands it, where TASS alone is state-owned."""
    shift = Shift("ana", NOW - timedelta(days=1), NOW - timedelta(hours=60))
    return meant(wanted, {"tass": Face("tass", "TASS", "state")}, NOW, shift)


def _walk(connection: object, wanted: Filter) -> list[int]:
    """Every lead, page by page, and each again as the one after the one before."""
    found: list[int] = []
    after = None
    while True:
        asked = _meant(Filter.parse(dict(_parameters(wanted, after))))
        listed = queue.page(connection, asked, 5)  # type: ignore[arg-type]
        found += listed.leads
        assert listed.count >= (len(listed.leads) > 0)
        if listed.following is None:
            return found
        after = listed.following


def _parameters(wanted: Filter, after: object) -> list[tuple[str, str]]:
    pairs = [pair.split("=") for pair in wanted.query(after=None).split("&") if pair]
    return [(name, value) for name, value in pairs] + ([("after", str(after))] if after else [])
