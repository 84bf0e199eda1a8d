"""Address identity: one article one key, and never two articles under one key."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlets.trackers import HOST_LABELS, LAYOUT_VALUES, TRACKER_PREFIXES, TRACKERS
from outlets.urls import MAX_KEY, BadUrl, normalise, same_site, url_key

ARTICLE = "https://www.khaama.com/some-slug-1234/"
PERSIAN = "https://8am.media/fa/ننگرهار-انفجار/"

SAME = [
    "http://khaama.com/some-slug-1234",
    "HTTPS://WWW.KHAAMA.COM:443/some-slug-1234/#comments",
    "https://m.khaama.com/some-slug-1234/",
    "https://mobile.khaama.com/some-slug-1234",
    "https://amp.khaama.com/some-slug-1234",
    "https://www.khaama.com/some-slug-1234/amp/",
    "https://www.khaama.com/amp/some-slug-1234",
    "https://www.khaama.com/some-slug-1234/?amp=1",
    "https://www.khaama.com/some-slug-1234/?amp",
    "https://www.khaama.com/some-slug-1234/print/",
    "https://www.khaama.com/some-slug-1234/?print=1",
    "https://www.khaama.com/some-slug-1234/?utm_source=x&utm_medium=y&fbclid=1&gclid=2&yclid=3&mc_cid=4&UTM_Term=z",
    "https://www.khaama.com/a/../some%2Dslug-1234/./",
    "https://www.khaama.com./%73ome-slug-1234/?",
    "https://www-khaama-com.cdn.ampproject.org/c/s/www.khaama.com/some-slug-1234/amp/",
    "https://www.google.com/amp/s/www.khaama.com/some-slug-1234/",
    "  https://www.khaama.com/some-slug-1234\n",
]

DIFFERENT = [
    "https://www.khaama.com/some-slug-1235/",
    "https://www.khaama.com/Some-Slug-1234/",
    "https://www.khaama.com/some-slug-1234/?id=1",
    "https://www.khaama.com/some-slug-1234/?m=202406",
    "https://www.khaama.com/some-slug-1234/?view=42",
    "https://www.khaama.com/some-slug-1234/?page=2",
    "https://www.khaama.com:8080/some-slug-1234/",
    "https://prs.khaama.com/some-slug-1234/",
    "https://www.khaama.com/fa/some-slug-1234/",
    "https://www.khaama.com/some-slug-1234/2",
    "https://www.khaama.com/some-slug-1234.html",
    "https://www.khaama.com/some-slug%2F1234",
    "https://www.khaama.com/",
]


@pytest.mark.parametrize("url", SAME)
def test_every_way_to_one_article_has_one_key(url: str) -> None:
    """I2: an article is known by one key however its address was dressed."""
    assert url_key(url) == "khaama.com/some-slug-1234"


def test_articles_that_differ_keep_different_keys() -> None:
    """I1: an unknown parameter, port, language host or path never makes two articles one."""
    keys = [url_key(url) for url in [ARTICLE, *DIFFERENT]]
    assert len(set(keys)) == len(keys)


def test_order_of_parameters_does_not_matter_and_repeats_do() -> None:
    """I2: the order in which a site writes its parameters is not identity; a repeated one is."""
    assert url_key("https://x.af/?b=2&a=1") == url_key("https://x.af/?a=1&b=2") == "x.af?a=1&b=2"
    assert url_key("https://x.af/?a=1&a=2") != url_key("https://x.af/?a=2&a=1")
    assert url_key("https://x.af/?q=a+b") == url_key("https://x.af/?q=a%20b") != url_key("https://x.af/?q=a%2Bb")


def test_persian_addresses_are_readable_and_equal_in_every_percent_form() -> None:
    """I2: raw letters, %d9 and %D9 are one address, and the key shows the letters."""
    encoded = normalise(PERSIAN)
    assert encoded.isascii()
    forms = [PERSIAN, encoded, encoded.replace("%D9", "%d9")]
    assert {url_key(form) for form in forms} == {"8am.media/fa/ننگرهار-انفجار"}


def test_invisible_characters_stay_encoded_in_keys() -> None:
    """A key with a bidirectional override or half-space would show one thing and be another."""
    key = url_key("https://x.af/%E2%80%AEa%E2%80%8Cb%FFc")
    assert key == "x.af/%E2%80%AEa%E2%80%8Cb%FFc"


def test_host_names() -> None:
    """Punycode, and no label is taken from a registered domain or public suffix."""
    assert normalise("http://Bücher.example:80/ä") == "http://xn--bcher-kva.example/%C3%A4"
    assert normalise("http://[2001:DB8:0::1]:80/") == "http://[2001:db8::1]/"
    assert url_key("https://m.com/a") == "m.com/a"
    assert url_key("https://www.gov.uk/a") == "www.gov.uk/a"
    assert url_key("https://en.m.wikipedia.org/wiki/Kabul") == "en.wikipedia.org/wiki/Kabul"
    assert url_key("http://127.0.0.1:8000/a/") == "127.0.0.1:8000/a"
    assert url_key("http://[::1]:8000/a/") == "[::1]:8000/a"


def test_relative_addresses_resolve_against_the_base() -> None:
    """A listing's links are as good as a feed's."""
    assert normalise("../b?x=1#top", "https://tass.com/world/1/") == "https://tass.com/world/b?x=1"
    assert normalise("//tass.ru/a", "https://tass.com/") == "https://tass.ru/a"


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://user:secret@x.af/a", "user name"),
        ("https://x.af\\@evil.af/a", "user name"),
        ("https://x.af/a\x00b", "NUL"),
        ("https://x.af/a\nb", "control"),
        ("https://x.af/a\x7fb", "control"),
        ("https://x.af/a\x85b", "control"),
        ("javascript:alert(1)", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("/only/a/path", "scheme"),
        ("", "scheme"),
        ("https:///a", "no host"),
        ("https://./a", "no host"),
        ("https://x..af/a", "not a valid name"),
        ("https://%78.af/a", "not a valid name"),
        ("https://" + "a" * 64 + ".af/", "not a valid name"),
        ("https://x.af:99999/a", "malformed"),
        ("https://x.af:port/a", "malformed"),
        ("https://[::1/a", "malformed"),
        ("https://[zz]/a", "IPv|malformed"),
        ("https://x.af/" + "a" * 8200, "longer"),
        ("https://x.af/" + "\u0627" * 3000, "longer"),
        ("https://x.af/\ud800", "half a character"),
    ],
)
def test_addresses_that_cannot_be_kept_say_why(url: str, word: str) -> None:
    """I8: what may not be fetched is refused by name, in one sentence, with no other error."""
    with pytest.raises(BadUrl, match=word) as caught:
        normalise(url)
    assert "\n" not in str(caught.value)


def test_long_keys_are_bounded_and_still_differ() -> None:
    """I2: the unique column holds at most 1 024 bytes and two long addresses do not meet in it."""
    stem = "https://x.af/" + "\u0627\u0646" * 600
    keys = {url_key(stem + tail) for tail in ("1", "2")}
    assert len(keys) == 2
    assert all(len(key.encode()) <= MAX_KEY for key in keys)
    assert all(key.startswith("x.af/\u0627\u0646") for key in keys)


def test_same_site_goes_by_registered_domain() -> None:
    """Canonical links are followed within a site only."""
    assert same_site("https://www.bbc.co.uk/a", "http://feeds.bbc.co.uk/b")
    assert not same_site("https://bbc.co.uk/", "https://itv.co.uk/")
    assert not same_site("https://a.blogspot.com/", "https://b.blogspot.com/")
    assert not same_site("https://x.af/", "not an address")
    assert not same_site("not an address", "not an address")


PATH = st.text(alphabet=string.ascii_letters + string.digits + "%/.-_~ \u0627\u06cc\u200c\\+;", max_size=40)
QUERY = st.text(alphabet=string.ascii_lowercase + string.digits + "=&%+.\u06a9", max_size=30)
HOST = st.sampled_from(["x.af", "www.x.af", "m.x.co.uk", "amp.a.b.x.ru", "127.0.0.1", "[::1]", "خبر.example"])
URL = st.builds(lambda host, path, query: f"https://{host}/{path}?{query}", HOST, PATH, QUERY)


@given(URL)
def test_normalising_twice_changes_nothing(url: str) -> None:
    """I4: the canonical form is a fixed point."""
    once = normalise(url)
    assert normalise(once) == once
    assert once.isascii()


@given(URL)
def test_the_key_of_a_key_is_the_key(url: str) -> None:
    """I2: a key can be read back as an address and stays itself, so a re-run makes no second row."""
    key = url_key(url)
    assert len(key.encode()) <= MAX_KEY
    assert url_key("https://" + key) == key == url_key(normalise(url))


@given(URL, st.sampled_from(sorted(TRACKERS) + [f"{prefix}x" for prefix in TRACKER_PREFIXES]), QUERY)
def test_no_tracker_changes_a_key(url: str, name: str, value: str) -> None:
    """I2: whichever campaign brought the link, the article is the same."""
    assert url_key(f"{url}&{name}={value.replace('&', '')}") == url_key(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_bad_url(text: str) -> None:
    """I1: no input escapes the two answers."""
    try:
        plain = normalise(text, "https://x.af/")
    except BadUrl:
        return
    assert plain.startswith(("http://", "https://"))
    assert url_key(plain)


def test_tables_are_lower_case() -> None:
    """Names are compared in lower case, so a capital in a table would never match."""
    names = [*TRACKERS, *TRACKER_PREFIXES, *LAYOUT_VALUES, *HOST_LABELS]
    assert all(name == name.lower() for name in names)
