"""What ships with the repository to measure on: the replica's pages and articles, whose truth is known because we wrote
them."""

from datetime import date, timedelta
from typing import Any

from khabar.replica import Article, Replica
from khabar.replica.addresses import HOUSES
from outlets import load
from pipeline.items import DedupeInput, Page

EPOCH = date(2026, 11, 24)
"""Fixed, so that every run sees the same bytes."""


def pages() -> list[tuple[Page, dict[str, Any]]]:
    """Every page that shows an article, as the replica serves it, and what a perfect extraction would give.

    The true text includes the dateline ("KABUL (Pajhwok):"), which the stage keeps apart: 1.0 cannot be reached.
    """
    replica = Replica(EPOCH)
    made = []
    for one in replica.articles():
        if not one.has_page:
            continue
        reply = replica.answer(one.host, one.path, {})
        page = Page(one.id, one.url, reply.body, {"content-type": reply.type}, outlet=load(one.outlet))
        at = one.published.astimezone(HOUSES[one.outlet].zone)
        truth = {
            "id": one.id,
            "title": one.title,
            "authors": list(one.authors),
            "published": at.isoformat(),
            "text": one.text,
        }
        made.append((page, truth))
    return made


def copies() -> tuple[list[DedupeInput], dict[str, str]]:
    """The replica's articles with one reprint of each, in the order of publication, and each id's origin.

    Reprints are of three sorts in turn: the text word for word, the text without its last two paragraphs, and the text
    with the beginning of another article below it, as a teaser.
    """
    articles = [one for one in Replica(EPOCH).articles() if one.has_page]
    origins = {one.id: one.copy_of or one.id for one in articles}
    items = [_item(one, one.id, one.outlet, one.text) for one in articles]
    for number, one in enumerate(articles):
        other = articles[number - 1]
        text = (
            one.text,
            "\n".join(one.paragraphs[:-2] or one.paragraphs),
            "\n".join([*one.paragraphs, other.title, other.paragraphs[0]]),
        )[number % 3]
        copy = f"{one.id}#reprint"
        origins[copy] = origins[one.id]
        items.append(_item(one, copy, "reprints", text, late=timedelta(hours=1 + number % 30)))
    return sorted(items, key=lambda item: (item.published or 0, item.id)), origins


def events() -> tuple[list[DedupeInput], dict[str, str]]:
    """The replica's articles in several languages, and each id's event."""
    articles = [one for one in Replica(EPOCH).articles() if one.has_page]
    event = {one.id: one.event or one.copy_of or one.id for one in articles}
    items = [_item(one, one.id, one.outlet, one.text) for one in articles]
    return items, {name: event.get(of, of) for name, of in event.items()}  # a copy tells of its origin's event


def _item(one: Article, name: str, outlet: str, text: str, late: timedelta = timedelta()) -> DedupeInput:
    url = one.url if name == one.id else f"https://reprints.example/{name}"
    return DedupeInput(name, url, one.title, text, one.published + late, one.language, outlet)
