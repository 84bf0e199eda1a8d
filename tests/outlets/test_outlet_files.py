"""The outlet files that ship: each is sound, knows its own articles, and stands in OUTLETS.md."""

import pytest

from khabar.outlet_page import RENEW, is_fresh
from outlets import Outlet
from outlets.check import check
from outlets.load import load, paths

ARTICLES = {
    "afghanistan_international": "https://www.afintl.com/en/202611240123",
    "al_jazeera": "https://www.aljazeera.com/news/2026/11/24/a-slug-of-words",
    "anadolu": "https://www.aa.com.tr/en/asia-pacific/a-slug-of-words/3401234",
    "ariana_news": "https://www.ariananews.af/a-slug-of-words/",
    "azadi_radio": "https://pa.azadiradio.com/a/33401234.html",
    "bbc_pashto": "https://www.bbc.com/pashto/articles/c0abcdef12xo",
    "bbc_persian": "https://www.bbc.com/persian/articles/c0abcdef12xo",
    "bbc_urdu": "https://www.bbc.com/urdu/articles/c0abcdef12xo",
    "dawn": "https://www.dawn.com/news/1901234/a-slug-of-words",
    "etilaat_roz": "https://www.etilaatroz.com/212345/a-slug/",
    "eurasianet": "https://eurasianet.org/a-slug-of-words",
    "express_news": "https://www.express.pk/story/2701234/a-slug",
    "express_tribune": "https://tribune.com.pk/story/2501234/a-slug-of-words",
    "gandhara": "https://gandhara.rferl.org/a/a-slug-of-words/33401234.html",
    "geo_news": "https://www.geo.tv/latest/601234-a-slug-of-words",
    "hasht_e_subh": "https://8am.media/eng/a-slug-of-words/",
    "interfax": "https://www.interfax.ru/world/1012345",
    "interfax_en": "https://interfax.com/newsroom/top-stories/101234/",
    "irna": "https://en.irna.ir/news/85612345/A-slug",
    "kabulnow": "https://kabulnow.com/2026/11/a-slug-of-words/",
    "khaama_press": "https://www.khaama.com/a-slug-of-words/",
    "kommersant": "https://www.kommersant.ru/doc/7101234",
    "long_war_journal": "https://www.longwarjournal.org/archives/2026/11/a-slug-of-words.php",
    "mehr": "https://en.mehrnews.com/news/231234/A-slug",
    "pajhwok": "https://pajhwok.com/2026/11/24/a-slug-of-words/",
    "reliefweb": "https://reliefweb.int/report/afghanistan/a-slug-of-words",
    "rferl": "https://www.rferl.org/a/a-slug-of-words/33401234.html",
    "ria_novosti": "https://ria.ru/20261124/slug-2001234567.html",
    "rt": "https://www.rt.com/news/612345-a-slug-of-words/",
    "tass": "https://tass.com/world/1912345",
    "tasnim": "https://www.tasnimnews.com/en/news/2026/11/24/3201234/a-slug",
    "the_diplomat": "https://thediplomat.com/2026/11/a-slug-of-words/",
    "the_news": "https://www.thenews.com.pk/latest/1301234-a-slug-of-words",
    "times_of_central_asia": "https://timesca.com/a-slug-of-words/",
    "un_news": "https://news.un.org/en/story/2026/11/1161234",
    "voa_news": "https://www.voanews.com/a/a-slug-of-words/7601234.html",
    "xinhua": "https://english.news.cn/20261124/0123456789abcdef0123456789abcdef/c.html",
}
"""An address of each form that is evidenced; the slugs and numbers are ours."""
NOT_ARTICLES = ("category/news/", "tag/kabul/", "author/someone/", "page/2/", "feed/", "about-us/", "")


@pytest.mark.parametrize("name", paths())
def test_an_outlet_file_is_sound(name: str) -> None:
    """It loads, contradicts itself nowhere, says where its facts come from, and can be told quiet from broken (I6)."""
    outlet = load(name)
    assert isinstance(outlet, Outlet)
    assert [finding.sentence for finding in check([name]) if finding.level == "error"] == []
    assert outlet.evidence
    assert outlet.credits
    assert outlet.assertions.min["discovered"] >= 1


@pytest.mark.parametrize("name", ARTICLES)
def test_an_outlet_knows_its_articles(name: str) -> None:
    """I1: an article whose address does not match would be refused."""
    assert load(name).article_pattern.search(ARTICLES[name])


@pytest.mark.parametrize("name", paths())
def test_an_outlet_takes_no_other_page_for_an_article(name: str) -> None:
    """Categories, tags and feeds would be fetched, cleaned and kept as articles."""
    outlet = load(name)
    base = outlet.home if outlet.home.endswith("/") else f"{outlet.home}/"
    assert [end for end in NOT_ARTICLES if outlet.article_pattern.search(base + end)] == []


def test_there_are_enough_outlets_in_every_language() -> None:
    """What the desk needs: fifty outlets, each of the six languages from more than one of them."""
    outlets = [load(name) for name in paths()]
    assert len(outlets) >= 50
    for language in ("en", "fa", "ps", "ru", "ur", "tg"):
        assert sum(language in outlet.languages for outlet in outlets) >= 2, language


def test_a_file_stays_short() -> None:
    """Half of the files are under forty lines, so that one can be written in ten minutes."""
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in paths().values())
    assert lengths[len(lengths) // 2] < 40


def test_the_page_of_outlets_is_fresh() -> None:
    """OUTLETS.md says what the files say."""
    assert is_fresh(), f"OUTLETS.md is stale: `{RENEW}` renews it"
