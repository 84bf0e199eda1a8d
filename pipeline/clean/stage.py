"""Bytes to article: the first quality stage. Pure: the same page gives the same article, whenever it runs."""

import re
from dataclasses import replace
from html import unescape
from typing import Literal
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from outlets.schema import Selectors
from pipeline.clean import body as bodies
from pipeline.clean import (
    bylines,
    canonical,
    decode,
    embedded,
    names,
    opening,
    origin,
    parse,
    quality,
    rights,
    selectors,
    structured,
    times,
    titles,
    wall,
)
from pipeline.clean import text as characters
from pipeline.clean.boilerplate import in_force, is_boilerplate
from pipeline.clean.language import is_mixed, language_of
from pipeline.items import Article, Page

VERSION = "5"
"""Stored with every article. Raise it when the same page would come out differently."""

_BINARY = (
    (b"%PDF", 0),
    (b"\x89PNG", 0),
    (b"\xff\xd8\xff", 0),
    (b"GIF8", 0),
    (b"PK\x03\x04", 0),
    (b"ftyp", 4),
    (b"\x1f\x8b", 0),
    (b"RIFF", 0),
)
_NOT_PAGES = re.compile(r"^(?:image|audio|video|font)/|^application/(?:pdf|zip|octet-stream|gzip|msword|vnd\.)", re.I)


def clean(page: Page) -> Article:
    """The article on `page`; its outcome is "done", or the refusal or quarantine that the page earned.

    Bounded by the caller (see pool.py): a hostile page can take long."""
    try:
        urlsplit(page.url)
    except ValueError:  # an address that nobody can read tells nothing of its page
        return replace(clean(replace(page, url="")), url=page.url)
    outcome = _not_a_page(page)
    if outcome and not page.hints.html:
        return Article(page.id, outcome, page.url)
    if outcome:
        page = replace(
            page,
            body=(page.hints.html or "").encode("utf-8", "replace"),
            headers={"content-type": "text/html; charset=utf-8"},
            # what a feed carries is not laid out like the outlet's pages
            outlet=page.outlet and page.outlet.model_copy(update={"selectors": Selectors()}),
        )
    decoded = decode.decode(page.body, page.headers.get("content-type", ""))
    issues = [*decoded.issues, *decode.particulars(decoded)]
    if decoded.bad_share > decode.BAD_SHARE_LIMIT:
        return Article(page.id, "quarantine:bad_text", page.url, issues=tuple(issues))
    source = decode.clean_characters(decoded.text)
    issues += characters.concerns(source)
    if not parse.is_markup(source):
        if source.lstrip()[:1] in ("{", "["):
            return Article(page.id, "refused:not_html", page.url, issues=tuple(issues))
        return _article(page, None, source, issues)
    if parse.is_too_large(source):
        return Article(page.id, "quarantine:too_many_elements", page.url, issues=tuple(issues))
    tree = parse.parse(characters.guard(source))
    if tree is None:
        return Article(page.id, "refused:empty_text", page.url, issues=tuple(issues))
    return _article(page, tree, source, issues)


def _not_a_page(page: Page) -> str | None:
    if not page.body.strip():
        return "refused:empty"
    if any(page.body[at : at + len(magic)] == magic for magic, at in _BINARY) or (
        page.body[:4000].count(0) > 200 and not decode.is_wide(page.body)
    ):
        return "refused:not_html"
    if _NOT_PAGES.match(page.headers.get("content-type", "")) and b"<html" not in page.body[:2000].lower():
        return "refused:not_html"
    return None


def _article(page: Page, tree: HtmlElement | None, source: str, issues: list[str]) -> Article:
    if tree is None:
        tree = parse.parse("<html><body></body></html>")
        text = characters.plain(source)
        claims = structured.Structured()
        simple, hidden, chosen = True, "", selectors.Chosen()
    else:
        claims = structured.read(tree, page.url)
        hidden = embedded.story(tree) if wall.prose_of(tree) < embedded.LEAST else ""
        parse.without_scripts(tree)
        parse.without_hidden(tree)
        refusal = wall.refuse(tree, claims, source, page.headers, page.url)
        if refusal == "refused:empty_text":  # lost by the parser is not the same as not there
            refusal = None if hidden else quality.empty_outcome(source)
        if refusal and not page.hints.html:
            return Article(page.id, refusal, page.url, issues=tuple(issues))
        chosen = selectors.choose(tree, page.outlet.selectors) if page.outlet else selectors.Chosen()
        simple = parse.is_simple(tree) and not chosen.found
        text = ""
    if tree is None:
        raise AssertionError("a literal document always parses")
    issues += (*claims.issues, *chosen.issues)
    outlet = page.outlet
    if reserved := rights.is_reserved(page.headers, tree, outlet):
        issues.append("tdm_reserved")
    own_names = (outlet.title, *outlet.credits) if outlet else ()
    head = titles.headline(tree, claims, page.url, hint=page.hints.title, names=own_names, chosen=chosen.title)
    house = (*outlet.house_bylines, outlet.title) if outlet else ()
    authors = bylines.authors(
        tree, claims, heading=head.element, hints=page.hints.authors, house=house, url=page.url, chosen=chosen.bylines
    )
    found = (
        (text or characters.plain(parse.lines_of(tree))) if simple else _body(page, tree, claims, head, authors, hidden)
    )
    learned = in_force(page.boilerplate, outlet)
    cut = tuple(one for one in found.split("\n") if not is_boilerplate(one) and is_boilerplate(one, learned))
    opened = opening.read(found, head.title, simple=simple, learned=learned, authors=authors)
    title = opened.title
    issues += [issue for issue in head.issues if issue != "no_title" or not title]
    text = bodies.trim(opened.text, title, learned)
    dateline, text = origin.split_dateline(text)
    reader = times.reader_for(page, tree.get("lang"))
    when = opened.byline.when if opened.byline and opened.byline.when else ""
    published, modified, doubts = times.times(
        tree, claims, page, reader, heading=head.element, byline=when, chosen=chosen.dates
    )
    issues += doubts
    if opened.author and (not authors or simple):
        authors = tuple(n for n in names.split(opened.author) if n not in house) or authors
    language, doubts = language_of(
        text or title or "", declared=tree.get("lang"), outlet=tuple(outlet.languages) if outlet else ()
    )
    issues += doubts + (["mixed_language"] if is_mixed(text) else [])
    address, doubts = canonical.canonical(tree, claims, page.url)
    issues += [*doubts, *canonical.leads_on(tree)]
    partial = wall.access(claims, tree, text) == "partial"
    text = wall.without_call(text) if partial else text
    access: Literal["full", "partial", "reserved"] = "reserved" if reserved else "partial" if partial else "full"
    article = Article(
        page.id,
        "done",
        page.url,
        title=title,
        authors=authors,
        published=published,
        modified=modified,
        language=language,
        text=text,
        cut=cut,
        dateline=dateline.text if dateline else None,
        original=origin.original(
            url=page.url, outlet=outlet, byline=opened.byline, dateline=dateline, authors=authors, text=text
        ),
        cited=origin.cited(text),
        canonical_url=address,
        image=_image(claims),
        access=access,
    )
    return quality.judge(article, tree, source, issues)


def _body(
    page: Page,
    tree: HtmlElement,
    claims: structured.Structured,
    head: titles.Headline,
    authors: tuple[str, ...],
    hidden: str,
) -> str:
    """The page's body; the source's own full text instead, where the page shows the same words."""
    wanted = page.outlet.selectors if page.outlet else Selectors()
    tree = selectors.without(tree, wanted.remove)
    found = bodies.extract(tree, claims, wanted.body, hidden=hidden)
    if found.basis != "selector":
        found = bodies.refined(found, tree, claims, title=head.title, names=authors)
    if not page.hints.html:
        return found.text
    given = parse.parse(characters.guard(decode.clean_characters(page.hints.html)))
    text = characters.plain(parse.lines_of(given)) if given is not None else ""
    agrees = max(bodies.coverage(text, found.text), bodies.coverage(found.text, text)) > 0.8
    return text if len(text) > 200 and (not found.text or agrees) else found.text


def _image(claims: structured.Structured) -> str | None:
    found = claims.first("og:image", "og:image:url", "twitter:image")
    return unescape(found) if found and re.match(r"https?://", found) and len(found) < 2000 else None
