"""What a page lets us keep of its text (I8)."""

from typing import Any

import pytest

from outlets import load
from pipeline.clean.rights import EXCERPT, excerpt
from pipeline.clean.stage import clean
from pipeline.items import Page

NEWS = "A blast in Kunduz killed three people on Monday, officials of the province said. TASS reported it first. "
TEXT = NEWS + "".join(f"Witness {n} told the paper what was seen of it at street {n}. " for n in range(40))


def article(meta: str = "", outlet: Any = None, **headers: str) -> Any:
    """The page with `meta` in its head, cleaned."""
    html = f"<!doctype html><html><head>{meta}</head><body><article><h1>Blast in Kunduz</h1><p>{TEXT}</p></article>"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return clean(
        Page("1", "https://news.test/a/1", html.encode(), {"content-type": "text/html", **named}, outlet=outlet)
    )


@pytest.mark.parametrize(
    ("meta", "headers", "access"),
    [
        ("", {}, "full"),
        ("", {"tdm_reservation": "1"}, "reserved"),
        ("", {"tdm_reservation": "0"}, "full"),
        ("", {"tdmrep.json": "1"}, "reserved"),
        ('<meta name="tdm-reservation" content="1">', {}, "reserved"),
        ('<meta name="TDM-Reservation" content=" 1 ">', {"tdm_reservation": "0"}, "reserved"),
        ('<meta name="tdm-reservation" content="0">', {"tdmrep.json": "1"}, "reserved"),
        ('<meta name="robots" content="index, NOAI, noimageai">', {}, "reserved"),
        ('<meta name="robots" content="noimageai, noindex">', {}, "full"),
        ('<meta name="robots" content="max-snippet:0">', {}, "reserved"),
        ('<meta name="robots" content="max-snippet:-1, max-image-preview:large">', {}, "full"),
        ('<meta name="googlebot" content="noarchive">', {}, "full"),
        ('<meta name="khabar" content="nosnippet">', {}, "reserved"),
        ("", {"x_robots_tag": "noarchive"}, "reserved"),
        ("", {"x_robots_tag": "googlebot: noarchive, nosnippet"}, "full"),
        ("", {"x_robots_tag": "googlebot: noindex, khabar: noai"}, "reserved"),
    ],
)
def test_the_strictest_signal_wins(meta: str, headers: dict[str, str], access: str) -> None:
    """All forms of TDMRep and the robots words that are said to us."""
    assert article(meta, **headers).access == access


def test_an_excerpt_is_whole_words_and_what_rests_on_them() -> None:
    """Cut before anything else sees the text; the same bytes give the same excerpt (I4)."""
    whole = article(tdm_reservation="1")
    cut = excerpt(whole)
    assert EXCERPT - 30 < len(cut.text) <= EXCERPT
    assert whole.text.startswith(cut.text)
    assert whole.text[len(cut.text)].isspace()
    assert "tdm_reserved" in cut.issues
    assert all(one.evidence.text == cut.text[one.evidence.start : one.evidence.end] for one in cut.cited)
    assert (cut.title, cut.outcome) == (whole.title, "done")


def test_a_permission_in_the_outlet_file_lifts_it() -> None:
    """rights.store: full needs its basis, see outlets/schema.py."""
    outlet = load("khaama_press")
    rights = outlet.rights.model_copy(update={"store": "full", "basis": "licence of 2026"})
    assert article(outlet=outlet.model_copy(update={"rights": rights}), tdm_reservation="1").access == "full"
